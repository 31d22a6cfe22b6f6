import { describe, expect, it } from "vitest";
import { smallestGoodBatch } from "#service/inference/engine/loading/warm-up.js";

describe("the smallest good batch", () => {
  it("is the smallest that is nearly as fast per row as the fastest", () => {
    const runs = [
      { rows: 1, milliseconds: 1 },
      { rows: 8, milliseconds: 2 },
      { rows: 16, milliseconds: 3 },
      { rows: 32, milliseconds: 5 },
    ];
    expect(smallestGoodBatch(runs, 0.8)).toBe(16);
    expect(smallestGoodBatch([], 0.8)).toBeUndefined();
  });
});
