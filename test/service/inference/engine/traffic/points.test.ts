import { describe, expect, it } from "vitest";
import { EvenPoints, EvenSample, pointOf } from "#service/inference/engine/traffic/points.js";

/** How many of `points` lie below 5. */
function belowFive(points: readonly number[]): number {
  return points.filter((point) => point < 5).length;
}

/** So far from its mean is a count by chance once in 10,000 times at most: four standard deviations. */
function chance(count: number, share: number): number {
  return 4 * Math.sqrt(count * share * (1 - share));
}

describe("the point of a text", () => {
  const numbered = (prefix: string): string[] => Array.from({ length: 10_000 }, (_, n) => `${prefix}${n}`);
  const longHead = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.".repeat(20);

  it.each([
    ["counted names", numbered("user-")],
    ["long texts that differ at their ends", numbered(longHead)],
    ["long texts that differ at their beginnings", numbered("").map((text) => text + longHead)],
    ["texts of one character", Array.from({ length: 10_000 }, (_, code) => String.fromCharCode(code))],
  ])("divides %s as chance would", (_, texts) => {
    const points = texts.map((text) => pointOf(text, "m"));
    expect(Math.abs(belowFive(points) - 500)).toBeLessThan(chance(10_000, 0.05));
    expect(points.every((point) => point >= 0 && point < 100)).toBe(true);
  });

  it("is the same on every machine, and another one in another model", () => {
    expect(pointOf("anna", "mnist")).toBeCloseTo(71.70798, 5);
    expect(pointOf("anna", "other")).not.toBe(pointOf("anna", "mnist"));
    expect(pointOf("", "m")).toBe(pointOf("", "m"));
  });
});

describe("points of requests of which nothing tells who asks", () => {
  it.each([0, 0.3, 0.999])("fill shares exactly, within a few requests, from %d on", (start) => {
    const points = new EvenPoints(start);
    const taken = Array.from({ length: 10_000 }, () => points.next());
    for (const count of [100, 1000, 10_000]) {
      expect(Math.abs(belowFive(taken.slice(0, count)) - count * 0.05)).toBeLessThan(4);
    }
  });
});

describe("a sample", () => {
  it.each([0.5, 10, 33.3, 100])("of %d percent is that large, and even", (percent) => {
    const sample = new EvenSample(percent);
    const taken = Array.from({ length: 1000 }, () => sample.next());
    for (const count of [200, 1000]) {
      const passed = taken.slice(0, count).filter(Boolean).length;
      expect(Math.abs(passed - (count * percent) / 100)).toBeLessThanOrEqual(1);
    }
  });
});
