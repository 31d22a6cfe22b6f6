import { describe, expect, it } from "vitest";
import { meanInterval, wilson } from "#service/training/statistics.js";

describe("wilson", () => {
  // statsmodels.stats.proportion.proportion_confint(hits, count, method="wilson")
  it.each([
    [95, 100, 0.8882497, 0.9784561],
    [1, 10, 0.0178762, 0.40415],
    [0, 20, 0, 0.1611252],
    [20, 20, 0.8388748, 1],
  ])("gives %i of %i the published interval", (hits, count, low, high) => {
    expect(wilson(hits, count).low).toBeCloseTo(low, 5);
    expect(wilson(hits, count).high).toBeCloseTo(high, 5);
  });

  it("knows nothing of nothing", () => {
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  });
});

describe("meanInterval", () => {
  it("is 1.96 standard errors to either side", () => {
    const { mean, low, high } = meanInterval(Float64Array.from([1, 2, 3, 4]));
    expect(mean).toBe(2.5);
    expect(high - mean).toBeCloseTo((1.959964 * 1.2909944) / 2, 5);
    expect(mean - low).toBeCloseTo(high - mean, 12);
  });
});
