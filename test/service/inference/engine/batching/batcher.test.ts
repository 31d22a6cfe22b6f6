import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Batcher, type BatcherSettings, type Ran } from "#service/inference/engine/batching/batcher.js";
import type { CloseReason } from "@ai-model-service/contract/metrics";
import type { Cancellation } from "#service/server/call.js";
import type { Tensor } from "#service/tensors/tensor.js";
import { floats } from "../repository-fixture.js";

const SETTINGS: BatcherSettings = {
  maxRows: 4,
  maxDelayMilliseconds: 0,
  shapesDiffer: true,
  fixedRows: undefined,
  batched: true,
};

/** A batcher over a graph that gives its input back, whose runs end when the test says so, on a clock that it sets. */
class Bench {
  now = 0;
  readonly reasons: CloseReason[] = [];
  readonly ran: Ran[] = [];
  readonly runs: {
    inputs: readonly Tensor[];
    finish: () => void;
    give: (outputs: Tensor[]) => void;
    fail: (error: Error) => void;
  }[] = [];
  readonly batcher: Batcher;

  constructor(settings: Partial<BatcherSettings> = {}, lanes = 1) {
    const run = (inputs: readonly Tensor[]): Promise<Tensor[]> =>
      new Promise((resolve, reject) => {
        // As a session does, it reads its input and gives memory of its own.
        const outputs = inputs.map((tensor) => ({ ...tensor, data: (tensor.data as Float32Array).slice() }));
        this.runs.push({ inputs, finish: () => resolve(outputs), give: resolve, fail: reject });
      });
    this.batcher = new Batcher(
      new Array<typeof run>(lanes).fill(run),
      { ...SETTINGS, ...settings },
      {
        onBatch: (ran, reason) => {
          this.ran.push(ran);
          this.reasons.push(reason);
        },
      },
      () => this.now,
    );
  }

  send(
    values: number[],
    more: { deadline?: number; cancellation?: Cancellation; width?: number; isPart?: boolean } = {},
  ): Promise<number[]> {
    const width = more.width ?? 1;
    const rows = values.length / width;
    return new Promise((resolve, reject) => {
      this.batcher.enqueue({
        rows,
        inputs: [floats([rows, width], values)],
        arrivedAt: this.now,
        mostRows: Infinity,
        isPart: more.isPart ?? false,
        arrivedDuringRun: this.batcher.busy,
        deadline: more.deadline,
        cancellation: more.cancellation,
        resolve: ([output]) => resolve([...(output?.data as Float32Array)]),
        reject,
      });
    });
  }

  /** The rows of each run so far. */
  get sizes(): (number | undefined)[] {
    return this.runs.map(({ inputs }) => inputs[0]?.shape[0]);
  }
}

describe("a batcher", () => {
  it("runs requests of one turn together and answers each with its own rows", async () => {
    const bench = new Bench();
    const answers = Promise.all([bench.send([1]), bench.send([2, 3]), bench.send([4])]);
    await turn();
    expect(bench.sizes).toEqual([4]);
    bench.runs[0]?.finish();
    expect(await answers).toEqual([[1], [2, 3], [4]]);
    expect(bench.reasons).toEqual(["full"]);
  });

  it("gathers what arrives during a run into the next batch, never past the limit", async () => {
    const bench = new Bench();
    const first = bench.send([0]);
    await turn();
    const rest = Promise.all([1, 2, 3, 4, 5].map((value) => bench.send([value])));
    await turn();
    expect(bench.sizes).toEqual([1]);
    bench.runs[0]?.finish();
    await first;
    await turn();
    expect(bench.sizes).toEqual([1, 4]);
    bench.runs[1]?.finish();
    await turn();
    await turn();
    expect(bench.sizes).toEqual([1, 4, 1]);
    bench.runs[2]?.finish();
    expect(await rest).toEqual([[1], [2], [3], [4], [5]]);
    expect(bench.reasons).toEqual(["idle", "full", "idle"]);
  });

  it("runs as many batches at once as it has lanes", async () => {
    const bench = new Bench({ maxRows: 1 }, 2);
    const answers = Promise.all([bench.send([1]), bench.send([2]), bench.send([3])]);
    await turn();
    expect(bench.sizes).toEqual([1, 1]);
    bench.runs[1]?.finish();
    await turn();
    await turn();
    expect(bench.sizes).toEqual([1, 1, 1]);
    for (const run of bench.runs) {
      run.finish();
    }
    expect(await answers).toEqual([[1], [2], [3]]);
  });

  it("fails the one bad request of a batch alone", async () => {
    const bench = new Bench();
    const answers = Promise.allSettled([bench.send([1]), bench.send([2]), bench.send([3])]);
    await turn();
    bench.runs[0]?.fail(new Error("together"));
    for (const [run, bad] of [
      [1, false],
      [2, true],
      [3, false],
    ] as const) {
      await turn();
      if (bad) {
        bench.runs[run]?.fail(new Error("2 is bad"));
      } else {
        bench.runs[run]?.finish();
      }
    }
    expect(await answers).toMatchObject([
      { status: "fulfilled", value: [1] },
      { status: "rejected", reason: { message: "2 is bad" } },
      { status: "fulfilled", value: [3] },
    ]);
  });

  it("runs shapes that cannot be joined one after another, without waiting", async () => {
    const bench = new Bench({ maxDelayMilliseconds: 1000 });
    const answers = Promise.all([bench.send([1]), bench.send([2, 3], { width: 2 })]);
    await turn();
    bench.runs[0]?.finish();
    await turn();
    await turn();
    bench.runs[1]?.finish();
    expect(await answers).toEqual([[1], [2, 3]]);
    expect(bench.reasons).toEqual(["shape", "idle"]);
  });

  it("pads to a fixed number of rows and takes the padding away again", async () => {
    const bench = new Bench({ fixedRows: 4 });
    const answer = bench.send([5]);
    await turn();
    expect(bench.sizes).toEqual([4]);
    bench.runs[0]?.finish();
    expect(await answer).toEqual([5]);
    expect(bench.ran[0]?.rows).toBe(1);
  });

  it("gives a request the whole of an output without a row for each row, and joins no further ones", async () => {
    const bench = new Bench();
    const answers = [bench.send([1, 2]), bench.send([3])];
    await turn();
    bench.runs[0]?.give([floats([1, 1], [9])]);
    await turn();
    bench.runs[1]?.give([floats([1, 1], [3])]);
    await turn();
    bench.runs[2]?.give([floats([2, 1], [3, 3])]);
    expect(await Promise.all(answers)).toEqual([[3], [3, 3]]);
    const later = [bench.send([1, 2]), bench.send([3])];
    await turn();
    expect(bench.sizes).toEqual([3, 2, 1, 2]);
    bench.runs[3]?.finish();
    await turn();
    await turn();
    bench.runs[4]?.finish();
    expect(await Promise.all(later)).toEqual([[1, 2], [3]]);
  });

  it("refuses such an output where it would have to be put together with others or cut", async () => {
    const bench = new Bench();
    const answer = bench.send([1, 2], { isPart: true });
    await turn();
    bench.runs[0]?.give([floats([1, 1], [3])]);
    await expect(answer).rejects.toMatchObject({
      code: "unprocessable",
      message: expect.stringContaining('Set "batched": false') as string,
    });
  });
});

describe("waiting requests", () => {
  it("are dropped at their deadline", async () => {
    const bench = new Bench();
    const running = bench.send([1]);
    await turn();
    const late = bench.send([2], { deadline: 10 });
    const patient = bench.send([3], { deadline: 1000 });
    bench.now = 10;
    bench.runs[0]?.finish();
    await running;
    await expect(late).rejects.toMatchObject({ code: "deadline_exceeded" });
    await turn();
    bench.runs[1]?.finish();
    expect(await patient).toEqual([3]);
    expect(bench.sizes).toEqual([1, 1]);
  });

  it("are told of their deadline while a run still goes on", async () => {
    const bench = new Bench();
    const running = bench.send([1]);
    await turn();
    const late = bench.send([2], { deadline: 1 });
    bench.now = 2;
    await expect(late).rejects.toMatchObject({ code: "deadline_exceeded", status: 504 });
    expect(bench.batcher.queuedRows).toBe(0);
    bench.runs[0]?.finish();
    expect(await running).toEqual([1]);
  });

  it("are dropped when their client goes away", async () => {
    const bench = new Bench();
    const client = { cancelled: false };
    const gone = bench.send([1], { cancellation: client });
    const here = bench.send([2]);
    client.cancelled = true;
    await expect(gone).rejects.toMatchObject({ code: "client_closed_request" });
    bench.runs[0]?.finish();
    expect(await here).toEqual([2]);
    expect(bench.sizes).toEqual([1]);
  });

  it("wait for company as long as allowed when they came during a run", async () => {
    const bench = new Bench({ maxDelayMilliseconds: 5 });
    const first = bench.send([1]);
    await turn();
    const second = bench.send([2]);
    bench.runs[0]?.finish();
    await first;
    await turn();
    expect(bench.sizes).toEqual([1]);
    bench.now = 5;
    const third = bench.send([3]);
    await turn();
    bench.runs[1]?.finish();
    expect(await Promise.all([second, third])).toEqual([[2], [3]]);
    expect(bench.reasons).toEqual(["idle", "delay"]);
  });
});

describe("draining", () => {
  it("runs what waits at once and resolves when the last answer is given", async () => {
    const bench = new Bench({ maxDelayMilliseconds: 60_000 });
    const first = bench.send([1]);
    await turn();
    const second = bench.send([2]);
    let drained = false;
    const drain = bench.batcher.drain().then(() => (drained = true));
    bench.runs[0]?.finish();
    await first;
    await turn();
    expect(drained).toBe(false);
    bench.runs[1]?.finish();
    await Promise.all([second, drain]);
    expect(bench.reasons).toEqual(["idle", "drain"]);
  });

  it("is over at once when nothing waits", async () => {
    await expect(new Bench().batcher.drain()).resolves.toBeUndefined();
  });
});
