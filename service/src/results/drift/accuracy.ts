/** A number with the interval in which it is to be expected, 19 times in 20. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

/** Of the normal distribution, below which are 97.5 %. */
const TWO_SIDED_95 = 1.959963984540054;

/**
 * The accuracy that is to be expected without labels (confidence-based performance estimation): where a probability is
 * calibrated, it is how often such a prediction is right. Undefined without predictions.
 */
export function expectedAccuracy(probabilities: readonly number[]): Estimate | undefined {
  const n = probabilities.length;
  if (n === 0) {
    return undefined;
  }
  const value = probabilities.reduce((sum, p) => sum + p, 0) / n;
  // Of a sum of independent predictions, each of which is right or wrong.
  const error = Math.sqrt(probabilities.reduce((sum, p) => sum + p * (1 - p), 0)) / n;
  const margin = TWO_SIDED_95 * error;
  return { value, low: Math.max(0, value - margin), high: Math.min(1, value + margin), n };
}

/** A prediction of which it is known whether it was right. */
export interface Judged {
  readonly probability: number;
  readonly right: boolean;
}

/** One point of a calibration curve: predictions whose probabilities are between `from` and `to`. */
export interface CalibrationPoint {
  readonly from: number;
  readonly to: number;
  readonly n: number;
  /** Their mean probability. */
  readonly predicted: number;
  /** The share of them that were right. */
  readonly observed: number;
}

export interface Calibration {
  /** Points that have predictions, from the least probable on. */
  readonly curve: readonly CalibrationPoint[];
  /** The mean distance between predicted and observed, weighted by predictions. */
  readonly expectedError: number;
  readonly n: number;
}

/** How far probabilities are from how often they are right, in bins of equal width. */
export function calibration(judged: readonly Judged[], bins = 10): Calibration {
  const sums = Array.from({ length: bins }, () => ({ n: 0, predicted: 0, right: 0 }));
  for (const { probability, right } of judged) {
    const sum = sums[Math.min(bins - 1, Math.floor(probability * bins))];
    if (sum !== undefined) {
      sum.n += 1;
      sum.predicted += probability;
      sum.right += right ? 1 : 0;
    }
  }
  const curve = sums.flatMap(({ n, predicted, right }, bin) =>
    n === 0
      ? []
      : [{ from: bin / bins, to: (bin + 1) / bins, n, predicted: predicted / n, observed: right / n }],
  );
  const distance = curve.reduce(
    (sum, point) => sum + point.n * Math.abs(point.predicted - point.observed),
    0,
  );
  return { curve, expectedError: judged.length === 0 ? 0 : distance / judged.length, n: judged.length };
}
