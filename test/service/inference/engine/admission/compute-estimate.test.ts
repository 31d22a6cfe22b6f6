import { describe, expect, it } from "vitest";
import { ComputeEstimate } from "#service/inference/engine/admission/compute-estimate.js";

describe("the estimate of computing time", () => {
  it("is zero before anything was seen", () => {
    expect(new ComputeEstimate(8).milliseconds(100)).toBe(0);
  });

  it("counts full batches and the rest", () => {
    const estimate = new ComputeEstimate(8);
    estimate.observe(1, 2);
    estimate.observe(8, 5);
    expect(estimate.milliseconds(1)).toBe(2);
    expect(estimate.milliseconds(8)).toBe(5);
    expect(estimate.milliseconds(17)).toBe(12);
  });

  it("takes an unseen size for the next larger seen one, else the next smaller grown by the rows", () => {
    const estimate = new ComputeEstimate(8);
    estimate.observe(4, 3);
    expect(estimate.milliseconds(1)).toBe(3);
    expect(estimate.milliseconds(8)).toBe(6);
  });

  it("follows a lasting change and forgives one slow run", () => {
    const estimate = new ComputeEstimate(1);
    estimate.observe(1, 10);
    estimate.observe(1, 10_000);
    expect(estimate.milliseconds(1)).toBe(12);
    for (let run = 0; run < 30; run += 1) {
      estimate.observe(1, 100);
    }
    expect(estimate.milliseconds(1)).toBeGreaterThan(95);
  });
});
