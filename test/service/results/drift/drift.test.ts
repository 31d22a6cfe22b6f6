import { describe, expect, it } from "vitest";
import { calibration, expectedAccuracy } from "#service/results/drift/accuracy.js";
import { chiSquaredSurvival, kolmogorovSurvival } from "#service/results/drift/distributions.js";
import {
  chiSquared,
  jensenShannon,
  kolmogorovSmirnov,
  stabilityIndex,
} from "#service/results/drift/statistics.js";
// Written by scipy-numbers.py beside it.
import scipy from "./scipy-numbers.json" with { type: "json" };

/** As scipy-numbers.py makes them. */
function sample([n = 0, seed = 0, scale = 0, power = 0]: readonly number[]): number[] {
  const values = [];
  let state = BigInt(seed);
  for (let made = 0; made < n; made += 1) {
    state = (state * 1103515245n + 12345n) % 2147483648n;
    values.push(scale * (Number(state) / 2147483648) ** power);
  }
  return values;
}

/** The same to nine digits, of whatever size. */
function close(value: number, expected: number): void {
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-9 * Math.abs(expected) + 1e-13);
}

describe("drift as scipy computes it", () => {
  it.each(scipy.counts)("of the counts $reference and $current", (numbers) => {
    close(stabilityIndex(numbers).value, numbers.stabilityIndex);
    close(jensenShannon(numbers).value, numbers.jensenShannon);
    const { value, p, degreesOfFreedom, n } = chiSquared(numbers);
    close(value, numbers.chiSquared.value);
    close(p, numbers.chiSquared.p);
    expect(degreesOfFreedom).toBe(numbers.chiSquared.degreesOfFreedom);
    expect(n.reference).toBe(numbers.reference.reduce((sum, count) => sum + count, 0));
  });

  it.each(scipy.samples)("of the samples $case", ({ case: made, value: distance, p }) => {
    const found = kolmogorovSmirnov(sample(made), sample(made.slice(4)));
    close(found.value, distance);
    close(found.p, p);
    expect(found.n).toEqual({ reference: made[0], current: made[4] });
  });

  it("of its distributions", () => {
    for (const { x, degreesOfFreedom, p } of scipy.chiSquaredSurvival) {
      close(chiSquaredSurvival(x, degreesOfFreedom), p);
    }
    for (const { x, p } of scipy.kolmogorovSurvival) {
      close(kolmogorovSurvival(x), p);
    }
  });

  it("of the accuracy to be expected", () => {
    const { case: made, value, low, high } = scipy.expectedAccuracy;
    const estimate = expectedAccuracy(sample(made));
    close(estimate?.value ?? 0, value);
    close(estimate?.low ?? 0, low);
    close(estimate?.high ?? 0, high);
    expect(estimate?.n).toBe(500);
  });
});

describe("drift", () => {
  it("is none between the same", () => {
    const counts = { reference: [5, 10, 0], current: [5, 10, 0] };
    expect(stabilityIndex(counts).value).toBe(0);
    expect(jensenShannon(counts).value).toBe(0);
    expect(chiSquared(counts)).toMatchObject({ value: 0, p: 1, degreesOfFreedom: 1 });
    expect(kolmogorovSmirnov([1, 2, 2, 3], [1, 2, 2, 3])).toMatchObject({ value: 0, p: 1 });
  });

  it("is complete between what has nothing in common", () => {
    expect(jensenShannon({ reference: [5, 0], current: [0, 5] }).value).toBe(1);
    expect(kolmogorovSmirnov([1, 2], [3, 4]).value).toBe(1);
  });

  it("says nothing where a side is empty", () => {
    expect(chiSquared({ reference: [5, 1], current: [0, 0] })).toMatchObject({ value: 0, p: 1 });
    expect(kolmogorovSmirnov([1, 2], [])).toMatchObject({ value: 0, p: 1 });
    expect(jensenShannon({ reference: [0, 0], current: [0, 0] }).value).toBe(0);
    expect(stabilityIndex({ reference: [], current: [] }).value).toBe(0);
  });

  it("says nothing where one category is all there is", () => {
    expect(chiSquared({ reference: [5, 0], current: [7, 0] })).toMatchObject({ value: 0, p: 1 });
  });
});

describe("the accuracy to be expected", () => {
  it("of nothing is unknown, and of certain predictions certain", () => {
    expect(expectedAccuracy([])).toBeUndefined();
    expect(expectedAccuracy([1, 1])).toEqual({ value: 1, low: 1, high: 1, n: 2 });
  });
});

describe("a calibration curve", () => {
  it("has a point for each bin with predictions, and the mean distance", () => {
    const judged = [
      { probability: 0.25, right: false },
      { probability: 0.75, right: true },
      { probability: 1, right: false },
      { probability: 1, right: true },
    ];
    expect(calibration(judged, 4)).toEqual({
      curve: [
        { from: 0.25, to: 0.5, n: 1, predicted: 0.25, observed: 0 },
        { from: 0.75, to: 1, n: 3, predicted: 2.75 / 3, observed: 2 / 3 },
      ],
      expectedError: (0.25 + 0.75) / 4,
      n: 4,
    });
    expect(calibration([])).toEqual({ curve: [], expectedError: 0, n: 0 });
  });
});
