import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { OUTCOMES } from "@ai-model-service/contract/metrics";
import { ERRORS } from "#service/server/errors.js";
import { VersionStatistics } from "#service/inference/engine/statistics/version-statistics.js";

const NOW = 1_700_000_000_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => vi.useRealTimers());

function ran(rows: number, milliseconds: number) {
  return { rows, startedAt: 1000, endedAt: 1000 + milliseconds };
}

describe("a version's figures", () => {
  it("are zero before the first request", () => {
    expect(new VersionStatistics().figures("m", "1")).toEqual({
      name: "m",
      version: "1",
      lastInferenceMilliseconds: 0,
      inferenceCount: 0,
      executionCount: 0,
      success: { count: 0, ns: 0 },
      fail: { count: 0, ns: 0 },
      queue: { count: 0, ns: 0 },
      computeInfer: { count: 0, ns: 0 },
      batches: [],
    });
  });

  it("count rows by request and runs by batch, and sum up their times", () => {
    const statistics = new VersionStatistics();
    statistics.onBatch(ran(3, 20), "idle");
    statistics.onSuccess(1, 5, 25);
    statistics.onSuccess(2, 1.5, 22);
    expect(statistics.figures("m", "1")).toMatchObject({
      lastInferenceMilliseconds: NOW,
      inferenceCount: 3,
      executionCount: 1,
      success: { count: 2, ns: 47_000_000 },
      queue: { count: 2, ns: 6_500_000 },
      computeInfer: { count: 1, ns: 20_000_000 },
      fail: { count: 0, ns: 0 },
    });
  });

  it("have every kind of failure as one, with the time that it took", () => {
    const statistics = new VersionStatistics();
    const failures = OUTCOMES.filter((outcome) => outcome !== "success");
    failures.forEach((outcome) => statistics.onFailure(outcome, 2));
    expect(statistics.figures("m", "1")).toMatchObject({
      fail: { count: failures.length, ns: failures.length * 2_000_000 },
      success: { count: 0, ns: 0 },
      inferenceCount: 0,
    });
    expect(statistics.outcomes).toEqual({
      success: 0,
      ...Object.fromEntries(failures.map((outcome) => [outcome, 1])),
    });
  });

  it("tell batches apart by size, smallest first, and count why they were closed", () => {
    const statistics = new VersionStatistics();
    statistics.onBatch(ran(8, 10), "full");
    statistics.onBatch(ran(2, 3), "delay");
    statistics.onBatch(ran(8, 12), "full");
    statistics.onBatch(ran(16, 1), "drain");
    expect(statistics.figures("m", "1").batches).toEqual([
      { batchSize: 2, count: 1, ns: 3_000_000 },
      { batchSize: 8, count: 2, ns: 22_000_000 },
      { batchSize: 16, count: 1, ns: 1_000_000 },
    ]);
    expect(statistics.batches).toEqual({ full: 2, delay: 1, idle: 0, shape: 0, drain: 1 });
  });

  it("are whole nanoseconds", () => {
    const statistics = new VersionStatistics();
    statistics.onSuccess(1, 0.1 + 0.2, 1 / 3);
    const { queue, success } = statistics.figures("m", "1");
    expect([queue.ns, success.ns]).toEqual([300_000, 333_333]);
  });
});

describe("histograms", () => {
  it("have durations in seconds, and a batch's rows", () => {
    const statistics = new VersionStatistics();
    statistics.onBatch(ran(3, 20), "idle");
    statistics.onSuccess(3, 2, 30);
    const filled = ({ bounds, counts }: VersionStatistics["rows"]) => bounds[counts.indexOf(1)];
    const { compute, rows, queue, duration } = statistics;
    expect([compute, rows, queue, duration].map(filled)).toEqual([0.025, 4, 0.0025, 0.05]);
  });
});

describe("an error's outcome", () => {
  it.each([
    ["queue_full", "rejected"],
    ["model_not_ready", "rejected"],
    ["shutting_down", "rejected"],
    ["deadline_unreachable", "deadline"],
    ["deadline_exceeded", "deadline"],
    ["client_closed_request", "cancelled"],
    ["internal", "server_error"],
    ["invalid_input", "client_error"],
    ["too_large", "client_error"],
    ["unprocessable", "client_error"],
  ] as const)("of %s is %s", (code, outcome) => {
    expect(ERRORS[code].outcome).toBe(outcome);
  });
});
