import { describe, expect, it } from "vitest";
import { ServedVersion, type ServingSettings } from "#service/inference/engine/served-version.js";
import type { InferenceResult } from "#service/inference/engine/engine.js";
import type { DeclaredTensor, Session } from "#service/inference/engine/session/session.js";
import { Rejections } from "#service/inference/engine/statistics/rejections.js";
import type { Tensor } from "#service/tensors/tensor.js";
import { ServiceError } from "#service/server/errors.js";
import { floats } from "./repository-fixture.js";

const RUN_MILLISECONDS = 10;

/** A server of a graph that gives its input back and takes 10 ms a run on a clock of its own. */
class Bench {
  now = 0;
  released = 0;
  readonly rejections = new Rejections();
  readonly server: ServedVersion;

  constructor(settings: Partial<ServingSettings> = {}) {
    const tensor: DeclaredTensor = { name: "x", datatype: "FP32", shape: [-1, 1], symbols: ["N", ""] };
    const session: Session = {
      inputs: [tensor],
      outputs: [tensor],
      unservedOutputs: [],
      threaded: true,
      run: async (inputs: readonly Tensor[]): Promise<Tensor[]> => {
        const outputs = inputs.map((input) => ({ ...input, data: (input.data as Float32Array).slice() }));
        await Promise.resolve();
        this.now += RUN_MILLISECONDS;
        if (outputs.some(({ data }) => (data as Float32Array).includes(666))) {
          throw new Error("666");
        }
        return outputs;
      },
      release: () => {
        this.released += 1;
        return Promise.resolve();
      },
    };
    const description = {
      name: "m",
      version: "1",
      config: {},
      inputs: [tensor],
      outputs: [tensor],
      batched: true,
    };
    this.server = new ServedVersion(
      description,
      [session],
      {
        maxRows: 4,
        maxDelayMilliseconds: 0,
        queueLimitRows: 8,
        queueLimitMilliseconds: 1e6,
        fixedRows: undefined,
        rowsInMemory: () => Infinity,
        checkMemory: () => undefined,
        ...settings,
      },
      {
        place: { where: "event loop", reason: "" },
        runs: [],
        filling: undefined,
        unbounded: [],
        apart: "",
        provider: { provider: "cpu", fallback: "" },
        warnings: [],
        loadSeconds: 0,
        loadedAt: 0,
        memoryBytes: 0,
      },
      this.rejections,
      () => this.now,
    );
    this.server.estimate.observe(4, RUN_MILLISECONDS);
  }

  infer(values: number[], deadline?: number): Promise<InferenceResult> {
    const inputs = { x: floats([values.length, 1], values) };
    return this.server.infer({ inputs, deadline });
  }
}

function codes(settled: PromiseSettledResult<unknown>[]): string[] {
  return settled.map((result) =>
    result.status === "fulfilled" ? "ok" : (result.reason as ServiceError).code,
  );
}

describe("under ten times the load that it can carry", () => {
  it("accepts what its queue holds, refuses the rest at once, and keeps the latency of what it accepted", async () => {
    const bench = new Bench();
    const settled = await Promise.allSettled(Array.from({ length: 80 }, (_, n) => bench.infer([n])));
    expect(codes(settled).filter((code) => code === "queue_full")).toHaveLength(72);
    const accepted = settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    expect(accepted).toHaveLength(8);
    expect(Math.max(...accepted.map((result) => result.queueMilliseconds))).toBeLessThanOrEqual(
      (8 / 4) * RUN_MILLISECONDS,
    );
    expect(bench.rejections.counts.queue_full).toBe(72);
  });

  it("counts the queue in time too, so that a slow model's queue is short", async () => {
    const bench = new Bench({ queueLimitRows: 1000, queueLimitMilliseconds: 3 * RUN_MILLISECONDS });
    const settled = await Promise.allSettled(Array.from({ length: 80 }, (_, n) => bench.infer([n])));
    expect(codes(settled).filter((code) => code === "ok")).toHaveLength(3 * 4);
    expect(codes(settled).filter((code) => code === "queue_full")).toHaveLength(80 - 3 * 4);
  });

  it("lets a few rows wait, and a large request wait alone, however slow the model is", async () => {
    const bench = new Bench({ queueLimitRows: 1000, queueLimitMilliseconds: 1 });
    const settled = await Promise.allSettled(Array.from({ length: 9 }, (_, n) => bench.infer([n])));
    expect(codes(settled)).toEqual([...new Array<string>(8).fill("ok"), "queue_full"]);
    await expect(bench.infer(new Array<number>(20).fill(0))).resolves.toMatchObject({ batchRows: 4 });
  });

  it("refuses at once those whose deadline the queue before them would pass", async () => {
    const bench = new Bench({ queueLimitRows: 100 });
    const settled = await Promise.allSettled(
      Array.from({ length: 80 }, (_, n) => bench.infer([n], 3 * RUN_MILLISECONDS)),
    );
    const accepted = codes(settled).filter((code) => code === "ok").length;
    expect(accepted).toBeGreaterThanOrEqual(12);
    expect(accepted).toBeLessThanOrEqual(16);
    expect(bench.rejections.counts.deadline).toBe(
      80 - codes(settled).filter((code) => code !== "deadline_unreachable").length,
    );
  });
});

describe("rows", () => {
  it("of one request beyond a batch's limit go in several batches and come back in order", async () => {
    const bench = new Bench({ queueLimitRows: 100 });
    const values = Array.from({ length: 10 }, (_, n) => n);
    const result = await bench.infer(values);
    expect(result.outputs["x"]).toEqual(floats([10, 1], values));
    expect(
      bench.server.statistics.figures("m", "1").batches.map(({ batchSize, count }) => [batchSize, count]),
    ).toEqual([
      [2, 1],
      [4, 2],
    ]);
  });

  it("of one request beyond what may wait are refused for good", async () => {
    const values = new Array<number>(9).fill(0);
    await expect(new Bench().infer(values)).rejects.toMatchObject({ code: "too_large", status: 413 });
  });

  it("that fail take down their request alone, split or not", async () => {
    const bench = new Bench({ queueLimitRows: 100 });
    const settled = await Promise.allSettled([
      bench.infer([1]),
      bench.infer([666]),
      bench.infer([1, 2, 3, 4, 5, 666]),
      bench.infer([2]),
    ]);
    expect(codes(settled)).toEqual(["ok", "internal", "internal", "ok"]);
    expect(bench.server.pendingRequests).toBe(0);
  });
});

describe("the books", () => {
  it("count every request once, by outcome", async () => {
    const bench = new Bench();
    await Promise.allSettled([
      bench.infer([1]),
      bench.infer([666]),
      bench.infer([]),
      bench.infer([1], -1),
      bench.infer([1, 2, 3, 4, 5, 6, 7, 8]),
    ]);
    expect(bench.server.statistics.outcomes).toEqual({
      success: 1,
      server_error: 1,
      client_error: 1,
      deadline: 1,
      rejected: 1,
      cancelled: 0,
    });
    const figures = bench.server.statistics.figures("m", "1");
    expect(figures).toMatchObject({ inferenceCount: 1, success: { count: 1 }, fail: { count: 4 } });
    expect(figures.executionCount).toBe(1);
  });

  it("know how full the server is", async () => {
    const bench = new Bench();
    const answers = [bench.infer([1, 2, 3]), bench.infer([4, 5, 6])];
    expect([bench.server.queuedRows, bench.server.pendingRequests, bench.server.saturation]).toEqual([
      6, 2, 0.5,
    ]);
    await Promise.all(answers);
    expect([bench.server.queuedRows, bench.server.pendingRequests, bench.server.saturation]).toEqual([
      0, 0, 0,
    ]);
  });
});

describe("closing", () => {
  it("answers what was accepted, refuses what comes after, then releases its memory", async () => {
    const bench = new Bench();
    const accepted = bench.infer([1]);
    const closed = bench.server.close(new ServiceError("shutting_down", "Bye."));
    await expect(bench.infer([2])).rejects.toMatchObject({ code: "shutting_down" });
    expect(bench.released).toBe(0);
    await Promise.all([accepted, closed]);
    expect(bench.released).toBe(1);
    expect(bench.rejections.counts.draining).toBe(1);
    expect(bench.server.statistics.batches.drain).toBe(1);
  });
});
