import { describe, expect, it } from "vitest";
import {
  closeBatch,
  joinable,
  type BatchPolicy,
  type Waiting,
} from "#service/inference/engine/batching/close.js";
import { floats } from "../repository-fixture.js";

const POLICY: BatchPolicy = { maxRows: 4, maxDelayMilliseconds: 0, shapesDiffer: true };

function waiting(rows: number, width = 2, more: Partial<Waiting> = {}): Waiting {
  const inputs = [floats([rows, width], new Array<number>(rows * width).fill(0))];
  return { rows, inputs, mostRows: Infinity, arrivedAt: 100, arrivedDuringRun: false, ...more };
}

describe("a batch is closed", () => {
  it("idle: with all that waits, when a request came while nothing ran", () => {
    const decision = closeBatch([waiting(1), waiting(2)], POLICY, 100, false);
    expect(decision).toEqual({ kind: "run", requests: 2, rows: 3, reason: "idle" });
  });

  it("full: at the limit, which counts rows and not requests", () => {
    const line = [waiting(2), waiting(2), waiting(1)];
    expect(closeBatch(line, POLICY, 100, false)).toEqual({
      kind: "run",
      requests: 2,
      rows: 4,
      reason: "full",
    });
  });

  it("full: before a request that would take it past the limit", () => {
    const line = [waiting(3), waiting(2)];
    expect(closeBatch(line, POLICY, 100, false)).toEqual({
      kind: "run",
      requests: 1,
      rows: 3,
      reason: "full",
    });
  });

  it("shape: before a request that cannot be joined", () => {
    const line = [waiting(1, 2), waiting(1, 3), waiting(1, 2)];
    expect(closeBatch(line, POLICY, 100, false)).toEqual({
      kind: "run",
      requests: 1,
      rows: 1,
      reason: "shape",
    });
  });

  it("drain: without waiting for more", () => {
    const line = [waiting(1, 2, { arrivedDuringRun: true })];
    const decision = closeBatch(line, { ...POLICY, maxDelayMilliseconds: 50 }, 100, true);
    expect(decision).toMatchObject({ kind: "run", reason: "drain" });
  });

  it("delay: once the first request has waited as long as it may, and not before", () => {
    const policy = { ...POLICY, maxDelayMilliseconds: 50 };
    const line = [waiting(1, 2, { arrivedDuringRun: true }), waiting(1, 2, { arrivedAt: 140 })];
    expect(closeBatch(line, policy, 149, false)).toEqual({ kind: "wait", until: 150 });
    expect(closeBatch(line, policy, 150, false)).toMatchObject({ kind: "run", rows: 2, reason: "delay" });
  });

  it("at once for a request that found the model idle, however long a delay is allowed", () => {
    const decision = closeBatch([waiting(1)], { ...POLICY, maxDelayMilliseconds: 5000 }, 100, false);
    expect(decision).toMatchObject({ kind: "run", reason: "idle" });
  });

  it("at once when full, however long a delay is allowed", () => {
    const line = [waiting(4, 2, { arrivedDuringRun: true })];
    const decision = closeBatch(line, { ...POLICY, maxDelayMilliseconds: 5000 }, 100, false);
    expect(decision).toMatchObject({ kind: "run", reason: "full" });
  });
});

describe("tensors can be joined", () => {
  it("when they differ in rows only", () => {
    expect(joinable(waiting(1, 3).inputs, waiting(2, 3).inputs)).toBe(true);
    expect(joinable(waiting(1, 3).inputs, waiting(1, 4).inputs)).toBe(false);
    expect(joinable([floats([1, 2, 1], [1, 2])], [floats([1, 2], [1, 2])])).toBe(false);
  });
});
