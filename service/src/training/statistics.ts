/** The share of the normal distribution that lies within so many standard deviations is 95 %. */
const DEVIATIONS = 1.959963984540054;

/** Where a figure lies with 95 % confidence. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Wilson's interval of a rate: `hits` out of `count`, which is sound for few of either too. */
export function wilson(hits: number, count: number): Interval {
  if (count === 0) {
    return { low: 0, high: 1 };
  }
  const rate = hits / count;
  const square = DEVIATIONS ** 2;
  const middle = rate + square / (2 * count);
  const half = DEVIATIONS * Math.sqrt((rate * (1 - rate)) / count + square / (4 * count ** 2));
  const scale = 1 + square / count;
  return {
    low: hits === 0 ? 0 : (middle - half) / scale,
    high: hits === count ? 1 : (middle + half) / scale,
  };
}

/** The interval of the mean of `values`, which are many: by the normal distribution. */
export function meanInterval(values: Float64Array): Interval & { readonly mean: number } {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const half = DEVIATIONS * Math.sqrt(squares / Math.max(1, count - 1) / count);
  return { mean, low: mean - half, high: mean + half };
}
