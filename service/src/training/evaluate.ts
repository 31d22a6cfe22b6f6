/** How a class was recognised. Ratios are 0 to 1; NaN where nothing was there to divide by. */
export interface ClassReport {
  readonly label: string;
  /** Rows of this class. */
  readonly count: number;
  /** Of those predicted as this class, the part that is. */
  readonly precision: number;
  /** Of those that are of this class, the part predicted so. */
  readonly recall: number;
  /** How often this class was predicted, and the mean of the highest probability when it was. */
  readonly predicted: number;
  readonly meanConfidence: number;
}

/** The class of each row, from 0. */
type Labels = Uint8Array | Int32Array;

/** The most probable class of each of `count` rows; `probabilities` is count x classes, row-major. */
export function predictedClasses(probabilities: Float32Array, count: number): number[] {
  const classes = probabilities.length / count;
  return Array.from({ length: count }, (_, row) => {
    const scores = probabilities.subarray(row * classes, (row + 1) * classes);
    return scores.reduce((best, score, index) => (score > (scores[best] ?? 0) ? index : best), 0);
  });
}

/** The part of rows whose most probable class is the label, 0 to 1. */
export function accuracyOf(probabilities: Float32Array, labels: Labels): number {
  return mean(
    predictedClasses(probabilities, labels.length).map((predicted, row) =>
      predicted === labels[row] ? 1 : 0,
    ),
  );
}

/** Mean categorical cross-entropy in nats: -ln of the probability that the label got. */
export function crossEntropyOf(probabilities: Float32Array, labels: Labels): number {
  const classes = probabilities.length / labels.length;
  return mean(
    Array.from(labels, (label, row) => -Math.log(Math.max(probabilities[row * classes + label] ?? 0, 1e-7))),
  );
}

/** Counts: `matrix[actual][predicted]`. */
export function confusionMatrix(probabilities: Float32Array, labels: Labels): number[][] {
  const classes = probabilities.length / labels.length;
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  predictedClasses(probabilities, labels.length).forEach((predicted, row) => {
    const actual = matrix[labels[row] ?? 0];
    if (actual) {
      actual[predicted] = (actual[predicted] ?? 0) + 1;
    }
  });
  return matrix;
}

/** One report a class, in their order, under their names or numbers. */
export function classReports(
  probabilities: Float32Array,
  labels: Labels,
  names?: readonly string[],
): ClassReport[] {
  const classes = probabilities.length / labels.length;
  const matrix = confusionMatrix(probabilities, labels);
  const predicted = predictedClasses(probabilities, labels.length);
  return matrix.map((row, label) => {
    const hits = row[label] ?? 0;
    const count = sum(row);
    const confidences = predicted.flatMap((choice, index) =>
      choice === label ? [probabilities[index * classes + choice] ?? 0] : [],
    );
    return {
      label: names?.[label] ?? String(label),
      count,
      precision: hits / confidences.length,
      recall: hits / count,
      predicted: confidences.length,
      meanConfidence: mean(confidences),
    };
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
