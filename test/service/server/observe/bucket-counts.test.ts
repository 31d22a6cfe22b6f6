import { describe, expect, it } from "vitest";
import { BucketCounts } from "#service/server/observe/bucket-counts.js";

describe("bucket counts", () => {
  it("hold a value in the first bucket whose bound is not below it", () => {
    const counts = new BucketCounts([1, 2, 4]);
    for (const value of [0, 1, 1.5, 4, 5]) {
      counts.observe(value);
    }
    expect([...counts.counts]).toEqual([2, 1, 1, 1]);
    expect([counts.count, counts.sum]).toEqual([5, 11.5]);
  });
});
