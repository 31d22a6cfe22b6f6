import type { Exam, ExamInput } from "../recipe.js";
import { PREDICTION, PROBABILITIES } from "./graph.js";
import type { Plan } from "./plan.js";

/** A probability of 0 must not decide alone. */
const LEAST = 1e-7;

/** The held-out rows as whoever calls the model sends them: raw columns by name. */
export function tableExam({ numbers, categories, target, heldOut }: Plan): Exam {
  const inputs: ExamInput[] = [
    ...numbers.map(({ name, values }) => ({
      name,
      values: Float32Array.from(heldOut, (row) => values[row] ?? NaN),
      width: 1,
    })),
    ...categories.map(({ name, texts, codes }) => ({
      name,
      values: Array.from(heldOut, (row) => texts[codes[row] ?? 0] ?? ""),
      width: 1,
    })),
  ];
  if (target.task === "regression") {
    return {
      ...{ measure: "squared error", rows: heldOut.length, inputs, output: PREDICTION },
      losses: (output) =>
        Float64Array.from(
          heldOut,
          (row, index) => ((output[index] ?? NaN) - (target.values[row] ?? NaN)) ** 2,
        ),
    };
  }
  return {
    ...{ measure: "log loss", rows: heldOut.length, inputs, output: PROBABILITIES },
    losses(output, labels = target.labels) {
      const width = output.length / heldOut.length;
      return Float64Array.from(heldOut, (row, index) => {
        const place = labels.indexOf(target.labels[target.classes[row] ?? -1] ?? "");
        return width === labels.length ? -Math.log(Math.max(LEAST, output[index * width + place] ?? 0)) : NaN;
      });
    },
  };
}
