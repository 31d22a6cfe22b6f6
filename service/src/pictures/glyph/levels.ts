/** What paper, ink and noise are like in a picture, in grey levels above the estimated paper. */
export interface Levels {
  /** Of the paper: half of all pixels are below it. */
  readonly paper: number;
  /** The noise's standard deviation, read below the median, where no ink is. */
  readonly noise: number;
  /** The strongest ink: the mean of the highest pixels. */
  readonly peak: number;
  /** Above it is ink: halfway up for most pictures, and always clear of the noise. */
  readonly threshold: number;
}

/** Share of the pixels that the strongest ink is read from: thin strokes in a large photograph are not more. */
const PEAK_SHARE = 0.003;

/** A standard deviation below its mean, a normal distribution has this share. */
const BELOW_ONE_DEVIATION = 0.1587;

/** Standard deviations that noise hardly ever reaches. */
const CLEAR_OF_NOISE = 4.5;

export function levelsOf(raised: Float32Array): Levels {
  const sorted = raised.slice().sort();
  const paper = quantile(sorted, 0.5);
  const noise = paper - quantile(sorted, BELOW_ONE_DEVIATION);
  const highest = sorted.subarray(sorted.length - Math.max(4, Math.round(sorted.length * PEAK_SHARE)));
  const peak = meanOf(highest);
  const threshold = Math.max(paper + 0.45 * (peak - paper), paper + CLEAR_OF_NOISE * noise);
  return { paper, noise, peak, threshold };
}

function quantile(sorted: Float32Array, share: number): number {
  return sorted[Math.floor(sorted.length * share)] ?? 0;
}

export function meanOf(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
