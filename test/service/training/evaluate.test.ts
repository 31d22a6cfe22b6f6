import { describe, expect, it } from "vitest";

import {
  accuracyOf,
  classReports,
  confusionMatrix,
  crossEntropyOf,
  predictedClasses,
} from "#service/training/evaluate.js";

/** Rows that give `probability` to a class and share the rest. */
function rows(...choices: [label: number, probability: number][]): Float32Array {
  return Float32Array.from(
    choices.flatMap(([label, probability]) =>
      Array.from({ length: 10 }, (_, index) => (index === label ? probability : (1 - probability) / 9)),
    ),
  );
}

const probabilities = rows([0, 0.9], [0, 0.5], [1, 0.8], [9, 0.7]);
const labels = Uint8Array.from([0, 1, 1, 9]);

describe("evaluation", () => {
  it("takes the most probable class", () => {
    expect(predictedClasses(probabilities, 4)).toEqual([0, 0, 1, 9]);
    expect(accuracyOf(probabilities, labels)).toBe(0.75);
  });

  it("measures cross-entropy in nats, finite even for a certain mistake", () => {
    expect(crossEntropyOf(rows([3, 0.25]), Uint8Array.from([3]))).toBeCloseTo(Math.log(4), 6);
    expect(crossEntropyOf(rows([3, 1]), Uint8Array.from([4]))).toBeCloseTo(-Math.log(1e-7), 6);
  });

  it("counts actual against predicted", () => {
    const matrix = confusionMatrix(probabilities, labels);
    expect([matrix[0]?.[0], matrix[1]?.[0], matrix[1]?.[1], matrix[9]?.[9]]).toEqual([1, 1, 1, 1]);
    expect(matrix.flat().reduce((sum, count) => sum + count)).toBe(4);
  });

  it("reports precision, recall and confidence of each class", () => {
    const reports = classReports(probabilities, labels);
    expect(reports).toHaveLength(10);
    expect(reports[0]).toMatchObject({ label: "0", count: 1, precision: 0.5, recall: 1, predicted: 2 });
    expect(reports[0]?.meanConfidence).toBeCloseTo(0.7, 6);
    expect(reports[1]).toMatchObject({ label: "1", count: 2, precision: 1, recall: 0.5, predicted: 1 });
    expect(reports[5]).toMatchObject({ count: 0, predicted: 0, precision: NaN, recall: NaN });
  });
});
