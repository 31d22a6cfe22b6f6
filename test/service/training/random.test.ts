import { describe, expect, it } from "vitest";

import { between, randomFrom, shuffled } from "#service/training/random.js";

describe("shuffled", () => {
  it("holds every number once, in an order that the seed decides", () => {
    const order = shuffled(100, randomFrom(1));
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index));
    expect(shuffled(100, randomFrom(1))).toEqual(order);
    expect(shuffled(100, randomFrom(2))).not.toEqual(order);
  });
});

describe("between", () => {
  it("spans its range", () => {
    expect(between(() => 0, -2, 3)).toBe(-2);
    expect(between(() => 0.5, -2, 3)).toBe(0.5);
  });
});
