import { describe, expect, it } from "vitest";
import { drawPlot } from "../../bench/plot.js";
import type { Results, VariantResult } from "../../bench/results.js";

function variant(title: string, kind: VariantResult["kind"], perSecond: number): VariantResult {
  return {
    name: title,
    title,
    kind,
    firstPredictionSeconds: [],
    closed: [
      {
        input: "raw",
        connections: 16,
        runs: [{ requests: perSecond, failed: 0, seconds: 1, p50: 0.001, p99: 0.002, max: 0.01, perSecond }],
      },
    ],
    sweep: { input: "raw", perSecond: perSecond / 2, probes: [] },
  };
}

const results: Results = {
  machine: {
    cpu: "A processor",
    cores: 2,
    memoryBytes: 2 ** 34,
    system: "Linux 6.1",
    node: "v20.0.0",
    date: "2026-01-01",
  },
  seconds: 1,
  rounds: 1,
  inputBytes: { raw: 784, png: 1, json: 1, "v2-json": 1, "v2-binary": 1 },
  variants: [
    variant("this service", "ours", 16000),
    {
      name: "gone",
      title: "gone",
      kind: "python",
      firstPredictionSeconds: [],
      closed: [],
      missing: "not installed",
    },
  ],
};

describe("drawPlot", () => {
  it("draws both figures of each server that has some, and names the machine", async () => {
    const svg = await drawPlot(results);
    for (const text of ["this service", "16,000", "8,000", "A processor, 2 cores"]) {
      expect(svg).toContain(text);
    }
    expect(svg).not.toContain("gone");
  });
});
