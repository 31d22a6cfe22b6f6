import { CLASSES } from "./digits.js";

/** How a class was recognised. Ratios are 0 to 1; NaN where nothing was there to divide by. */
export interface ClassReport {
  readonly label: string;
  /** Digits of this class. */
  readonly count: number;
  /** Of those predicted as this class, the part that is. */
  readonly precision: number;
  /** Of those that are of this class, the part predicted so. */
  readonly recall: number;
  /** How often this class was predicted, and the mean of the highest probability when it was. */
  readonly predicted: number;
  readonly meanConfidence: number;
}

/** The most probable class of each row; `probabilities` is count x 10, row-major. */
export function predictedClasses(probabilities: Float32Array): number[] {
  return Array.from({ length: probabilities.length / CLASSES }, (_, row) => {
    const scores = probabilities.subarray(row * CLASSES, (row + 1) * CLASSES);
    return scores.indexOf(Math.max(...scores));
  });
}

/** The part of rows whose most probable class is the label, 0 to 1. */
export function accuracyOf(probabilities: Float32Array, labels: Uint8Array): number {
  return mean(predictedClasses(probabilities).map((predicted, row) => (predicted === labels[row] ? 1 : 0)));
}

/** Mean categorical cross-entropy in nats: -ln of the probability that the label got. */
export function crossEntropyOf(probabilities: Float32Array, labels: Uint8Array): number {
  return mean(
    Array.from(labels, (label, row) => -Math.log(Math.max(probabilities[row * CLASSES + label] ?? 0, 1e-7))),
  );
}

/** Counts: `matrix[actual][predicted]`. */
export function confusionMatrix(probabilities: Float32Array, labels: Uint8Array): number[][] {
  const matrix = Array.from({ length: CLASSES }, () => new Array<number>(CLASSES).fill(0));
  predictedClasses(probabilities).forEach((predicted, row) => {
    const actual = matrix[labels[row] ?? 0];
    if (actual) {
      actual[predicted] = (actual[predicted] ?? 0) + 1;
    }
  });
  return matrix;
}

/** One report a class, in the order of the labels. */
export function classReports(probabilities: Float32Array, labels: Uint8Array): ClassReport[] {
  const matrix = confusionMatrix(probabilities, labels);
  const predicted = predictedClasses(probabilities);
  return matrix.map((row, label) => {
    const hits = row[label] ?? 0;
    const count = sum(row);
    const confidences = predicted.flatMap((choice, index) =>
      choice === label ? [probabilities[index * CLASSES + choice] ?? 0] : [],
    );
    return {
      label: String(label),
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
