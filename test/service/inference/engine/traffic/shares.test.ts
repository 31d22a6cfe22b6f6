import { describe, expect, it } from "vitest";
import { Shares } from "#service/inference/engine/traffic/shares.js";

const POINTS = Array.from({ length: 1000 }, (_, tenth) => tenth / 10 + 0.05);

function keys(traffic: Record<string, number>, labels: Record<string, string> = {}): string[] {
  const shares = Shares.of(traffic, labels);
  return POINTS.map((point) => shares.keyAt(point));
}
function percentOf(all: readonly string[], key: string): number {
  return (100 * all.filter((each) => each === key).length) / all.length;
}

describe("shares", () => {
  it.each<Record<string, number>>([
    { stable: 95, canary: 5 },
    { stable: 100 },
    { stable: 0, canary: 100 },
    { "3": 95, "4": 5 },
    { stable: 80, a: 5, b: 5, c: 10 },
    { a: 33.3, b: 33.3, c: 33.4 },
  ])("are what %j says", (traffic) => {
    const all = keys(traffic);
    for (const [key, share] of Object.entries(traffic)) {
      expect(percentOf(all, key)).toBeCloseTo(share, 5);
    }
  });

  it("keep everybody that was in one when it is raised", () => {
    for (const [from, to] of [
      [
        { stable: 95, canary: 5 },
        { stable: 75, canary: 25 },
      ],
      [
        { stable: 99, canary: 1 },
        { stable: 0, canary: 100 },
      ],
      [
        { "3": 95, "4": 5 },
        { "3": 75, "4": 25 },
      ],
      [
        { stable: 90, canary: 5, trial: 5 },
        { stable: 70, canary: 25, trial: 5 },
      ],
      [
        { stable: 90, canary: 5, trial: 5 },
        { stable: 60, canary: 5, trial: 35 },
      ],
    ] satisfies [Record<string, number>, Record<string, number>][]) {
      const [before, after] = [keys(from), keys(to)];
      const left = before.filter((key, at) => key !== after[at] && key !== "stable" && key !== "3");
      expect(left).toEqual([]);
    }
  });

  it("do not depend on the order in config.json, nor on whether the stable version is named by its label", () => {
    expect(keys({ canary: 5, stable: 95 })).toEqual(keys({ stable: 95, canary: 5 }));
    const byVersion = keys({ "3": 40, canary: 60 }, { stable: "3" });
    expect(byVersion.map((key) => (key === "3" ? "stable" : key))).toEqual(keys({ stable: 40, canary: 60 }));
  });
});
