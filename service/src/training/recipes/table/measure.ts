import { accuracyOf, classReports, confusionMatrix, crossEntropyOf } from "../../evaluate.js";
import { meanInterval, wilson } from "../../statistics.js";
import type { Plan, Target } from "./plan.js";

/** What is measured on the held-out rows: for `metrics.json`, and of it the numbers that a list shows. */
export interface Measured {
  readonly metrics: object;
  readonly summary: Readonly<Record<string, number>>;
  readonly confusion?: readonly (readonly number[])[];
}

type Classification = Target & { readonly task: "classification" };
type Regression = Target & { readonly task: "regression" };

/** `outputs` are what the network gave for the held-out rows. */
export function measure({ target, heldOut, train }: Plan, outputs: Float32Array): Measured {
  const rows = { trainRows: train.length, heldOutRows: heldOut.length };
  const measured =
    target.task === "classification"
      ? classification(target, heldOut, outputs)
      : regression(target, heldOut, outputs);
  return {
    ...measured,
    metrics: { ...measured.metrics, ...rows },
    summary: { ...measured.summary, ...rows },
  };
}

function classification(target: Classification, heldOut: Uint32Array, outputs: Float32Array): Measured {
  const classes = Int32Array.from(heldOut, (row) => target.classes[row] ?? -1);
  const accuracy = accuracyOf(outputs, classes);
  const accuracyInterval = wilson(Math.round(accuracy * classes.length), classes.length);
  const confusion = confusionMatrix(outputs, classes);
  const largest = Math.max(...confusion.map((row) => row.reduce((sum, count) => sum + count, 0)));
  const figures = {
    accuracy,
    loss: crossEntropyOf(outputs, classes),
    /** Of whoever always says the most frequent class. */
    baselineAccuracy: largest / classes.length,
    ...(target.labels.length === 2 && { areaUnderCurve: areaUnderCurve(outputs, classes) }),
  };
  return {
    metrics: {
      ...figures,
      accuracyInterval,
      confusion,
      classes: classReports(outputs, classes, target.labels),
    },
    summary: { ...figures, accuracyLow: accuracyInterval.low, accuracyHigh: accuracyInterval.high },
    confusion,
  };
}

/** How often a row of the second class gets a higher score than one of the first; ties count half. */
function areaUnderCurve(outputs: Float32Array, classes: Int32Array): number {
  const scored = Array.from(classes, (label, row) => ({ label, score: outputs[2 * row + 1] ?? 0 }));
  scored.sort((a, b) => a.score - b.score);
  let rankSum = 0;
  for (let start = 0; start < scored.length;) {
    let end = start;
    while (end < scored.length && scored[end]?.score === scored[start]?.score) {
      end += 1;
    }
    const rank = (start + 1 + end) / 2;
    rankSum += rank * scored.slice(start, end).filter(({ label }) => label === 1).length;
    start = end;
  }
  const positives = classes.filter((label) => label === 1).length;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (classes.length - positives));
}

function regression(
  { values, mean, deviation }: Regression,
  heldOut: Uint32Array,
  outputs: Float32Array,
): Measured {
  const errors = Float64Array.from(
    heldOut,
    (row, index) => (outputs[index] ?? NaN) * deviation + mean - (values[row] ?? NaN),
  );
  const squares = meanInterval(errors.map((error) => error ** 2));
  const average = meanInterval(Float64Array.from(heldOut, (row) => values[row] ?? NaN)).mean;
  const spread = meanInterval(
    Float64Array.from(heldOut, (row) => ((values[row] ?? NaN) - average) ** 2),
  ).mean;
  const figures = {
    rootMeanSquaredError: Math.sqrt(squares.mean),
    meanAbsoluteError: meanInterval(errors.map(Math.abs)).mean,
    determination: 1 - squares.mean / spread,
  };
  const interval = { low: Math.sqrt(Math.max(0, squares.low)), high: Math.sqrt(squares.high) };
  return {
    metrics: { ...figures, rootMeanSquaredErrorInterval: interval },
    summary: { ...figures, rootMeanSquaredErrorLow: interval.low, rootMeanSquaredErrorHigh: interval.high },
  };
}
