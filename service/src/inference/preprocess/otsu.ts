interface Side {
  readonly mean: number;
  readonly deviation: number;
}

export interface Split {
  readonly threshold: number;
  /** What is at most the threshold, and what is above it. */
  readonly low: Side;
  readonly high: Side;
  /** Distance of the two means over the sum of the two deviations. */
  readonly separation: number;
}

const BINS = 256;

/** Otsu's threshold, which makes the variance between the two sides largest (IEEE Trans. SMC 9, 1979). */
export function otsu(values: Float32Array): Split {
  const largest = values.reduce((a, b) => Math.max(a, b), 0) || 1;
  const counts = new Float64Array(BINS);
  for (const value of values) {
    const bin = Math.floor((value / largest) * (BINS - 1));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return splitAt(values, ((bestBin(counts) + 1) / (BINS - 1)) * largest);
}

function bestBin(counts: Float64Array): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const sum = counts.reduce((all, count, bin) => all + count * bin, 0);
  let below = 0;
  let sumBelow = 0;
  let best = { bin: 0, variance: -1 };
  counts.forEach((count, bin) => {
    below += count;
    sumBelow += count * bin;
    const above = total - below;
    if (below === 0 || above === 0) return;
    const variance = below * above * (sumBelow / below - (sum - sumBelow) / above) ** 2;
    if (variance > best.variance) best = { bin, variance };
  });
  return best.bin;
}

function splitAt(values: Float32Array, threshold: number): Split {
  const low = sideOf(values.filter((value) => value <= threshold));
  const high = sideOf(values.filter((value) => value > threshold));
  const spread = low.deviation + high.deviation;
  return { threshold, low, high, separation: (high.mean - low.mean) / Math.max(spread, Number.EPSILON) };
}

function sideOf(values: Float32Array): Side {
  if (values.length === 0) return { mean: 0, deviation: 0 };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}
