import { describe, expect, it } from "vitest";
import type { ModelStatistics } from "#service/inference/engine/engine.js";
import { sumStatistics } from "#service/inference/workers/shared-engine.js";

function figures(version: string, count: number, batchSize: number): ModelStatistics {
  return {
    name: "m",
    version,
    lastInferenceMilliseconds: 100 * count,
    inferenceCount: count,
    executionCount: count,
    success: { count, ns: 10 * count },
    fail: { count: 0, ns: 0 },
    queue: { count, ns: count },
    computeInfer: { count, ns: 5 * count },
    batches: [{ batchSize, count, ns: 5 * count }],
  };
}

describe("the statistics of several engines", () => {
  it("are added up by version and by batch size", () => {
    const [first, second] = sumStatistics([[figures("1", 1, 8), figures("2", 1, 1)], [figures("1", 2, 4)]]);
    expect(first).toEqual({
      ...figures("1", 3, 8),
      lastInferenceMilliseconds: 200,
      batches: [
        { batchSize: 4, count: 2, ns: 10 },
        { batchSize: 8, count: 1, ns: 5 },
      ],
    });
    expect(second).toEqual(figures("2", 1, 1));
  });
});
