import { describe, expect, it } from "vitest";
import { compare, comparedInputs, growthOverLastHalf } from "../../bench/comparison.js";
import type { InputName } from "../../bench/inputs.js";
import type { OpenLoop } from "../../bench/open-loop.js";
import type { VariantResult } from "../../bench/results.js";

function run(perSecond: number) {
  return {
    requests: perSecond,
    failed: 0,
    seconds: 1,
    p50: 0.001,
    p99: 0.002,
    max: 0.01,
    perSecond,
  };
}

function result(
  kind: VariantResult["kind"],
  rates: Partial<Record<InputName, number>>,
  more: Partial<VariantResult> = {},
): VariantResult {
  const closed = Object.entries(rates).map(([input, rate]) => ({
    input: input as InputName,
    connections: 16,
    runs: [run(rate)],
  }));
  return { name: kind, title: kind, kind, firstPredictionSeconds: [0.5], closed, ...more };
}

function open(p99: number | null): OpenLoop {
  return {
    rate: 100,
    scheduled: 100,
    succeeded: 100,
    failed: 0,
    refused: 0,
    p50: 0.001,
    p90: 0.001,
    p99,
    p999: p99,
    max: p99,
    answeredP50: 0.001,
    answeredP99: p99,
    lagP99: 0,
  };
}

function demand(variants: VariantResult[], text: string) {
  return compare(variants).find(({ what }) => what.includes(text));
}

describe("comparedInputs", () => {
  it("takes raw bytes when both sides do, though another input is faster", () => {
    const ours = result("ours", { raw: 100, json: 200 });
    expect(comparedInputs(ours, result("node", { raw: 50, json: 60 }))).toEqual({ ours: "raw", peer: "raw" });
  });

  it("takes each side's fastest when they share no binary input", () => {
    const ours = result("ours", { raw: 100, "v2-json": 40 });
    expect(comparedInputs(ours, result("python", { "v2-json": 5 }))).toEqual({
      ours: "raw",
      peer: "v2-json",
    });
  });
});

describe("compare", () => {
  it("asks for 4 times a plain Node.js server and 10 times a Python one", () => {
    const ours = result("ours", { raw: 400 });
    expect(demand([ours, result("node", { raw: 100 })], "over node")?.reached).toBe(true);
    expect(demand([ours, result("python", { raw: 100 })], "over python")?.reached).toBe(false);
  });

  it("asks for half of the limit for raw bytes and a third for JSON", () => {
    const variants = [result("ours", { raw: 50, json: 30 }), result("limit", { raw: 100, json: 100 })];
    expect(demand(variants, "(raw)")?.reached).toBe(true);
    expect(demand(variants, "(json)")?.reached).toBe(false);
  });

  it("compares the tails at the same rate, where failed requests are the worst tail", () => {
    const half = { input: "raw", oursInput: "raw", perSecond: 50, peer: [open(0.01)] } as const;
    const peer = (p99: number | null) =>
      result("node", { raw: 100 }, { halfLoad: { ...half, peer: [...half.peer], ours: [open(p99)] } });
    const ours = result("ours", { raw: 400 });
    expect(demand([ours, peer(0.005)], "p99")?.reached).toBe(true);
    expect(demand([ours, peer(0.006)], "p99")?.reached).toBe(false);
    expect(demand([ours, peer(null)], "p99")?.reached).toBe(false);
  });

  it("does not claim what was not measured", () => {
    const missing = result("python", {}, { missing: "not installed" });
    expect(demand([result("ours", { raw: 400 }), missing], "over python")?.reached).toBeUndefined();
  });
});

describe("growthOverLastHalf", () => {
  it("is the last quarter's mean over the third quarter's", () => {
    expect(growthOverLastHalf({ requests: 1, residentBytes: [50, 60, 100, 110] })).toBeCloseTo(0.1);
  });
});
