import { describe, expect, it } from "vitest";
import { highestRate } from "../../bench/rate-search.js";

describe("highestRate", () => {
  it("finds the limit within ceiling / 2^probes, from below", async () => {
    const limit = 637;
    const found = await highestRate(1000, 8, (rate) => Promise.resolve(rate <= limit));
    expect(found).toBeLessThanOrEqual(limit);
    expect(found).toBeGreaterThan(limit - 1000 / 2 ** 8);
  });

  it("is 0 when no rate passes", async () => {
    expect(await highestRate(1000, 5, () => Promise.resolve(false))).toBe(0);
  });
});
