import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ServiceError } from "#service/server/errors.js";
import type { ServedVersion } from "#service/inference/engine/served-version.js";
import type { InferenceResult } from "#service/inference/engine/engine.js";
import type { ModelConfig } from "#service/models/model-config.js";
import { loadVersion } from "#service/inference/engine/loading/load-version.js";
import { usefulRows } from "#service/inference/engine/loading/plan-serving.js";
import type { Tensor } from "#service/tensors/tensor.js";
import {
  add,
  endless,
  fixedBatch,
  identity,
  lookUp,
  runningSum,
  slow,
  sumOfRow,
  upperCase,
} from "../../../../models/index.js";
import { floats, SERVING } from "../repository-fixture.js";

const DEFAULTS = { ...SERVING, maxBatchSize: 8, queueRows: 64 };
const loaded: ServedVersion[] = [];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "version-"));
});
afterEach(async () => {
  const closed = new ServiceError("shutting_down", "The test is over.");
  await Promise.all(loaded.splice(0).map((served) => served.close(closed)));
  await rm(folder, { recursive: true });
});

async function load(
  model: Uint8Array,
  config: ModelConfig = {},
  defaults = DEFAULTS,
): Promise<ServedVersion> {
  const path = join(folder, "model.onnx");
  await writeFile(path, model);
  const { size: bytes } = await stat(path);
  const version = await loadVersion(
    { version: "1", path, bytes, stamp: "" },
    { name: "m", config },
    defaults,
  );
  loaded.push(version);
  return version;
}

function infer(served: ServedVersion, inputs: Record<string, Tensor>): Promise<InferenceResult> {
  return served.infer({ inputs });
}

const THREAD = { where: "thread", reason: "" } as const;
const EVENT_LOOP = { where: "event loop", reason: "" } as const;

describe("a graph that a GPU is to compute", () => {
  it("is computed by the CPU where the GPU does not take it, and says so", async () => {
    const onGpu: typeof DEFAULTS = { ...DEFAULTS, provider: { provider: "cuda", fallback: "" } };
    const served = await load(add(), {}, onGpu);
    const said = /^Its runs are on the CPU, not on a GPU\. The file model\.onnx cannot be loaded: .+/;
    expect(served.loading.warnings).toEqual([expect.stringMatching(said)]);
    expect(served.loading.provider).toEqual({ provider: "cpu", fallback: served.loading.warnings[0] });
    const inputs = { a: floats([1, 4], [1, 2, 3, 4]), b: floats([1, 4], [5, 6, 7, 8]) };
    expect((await infer(served, inputs)).outputs).toBeDefined();
  });

  it("says that there is no GPU where one was asked for", async () => {
    const fallback = "Its runs are on the CPU, not on a GPU. There is none.";
    const served = await load(add(), {}, { ...DEFAULTS, provider: { provider: "cpu", fallback } });
    expect(served.loading.warnings).toEqual([fallback]);
  });
});

describe("a graph with a dynamic batch", () => {
  it("is batched up to the limit, and warmed up to it", async () => {
    const served = await load(add());
    expect(served.batched).toBe(true);
    expect(served.settings).toMatchObject({ maxRows: 8, queueLimitRows: 64 });
    expect(served.estimate.milliseconds(8)).toBeGreaterThan(0);
    expect([served.loading.place.where, served.loading.warnings]).toEqual(["event loop", []]);
  });

  it("takes its limits from config.json", async () => {
    const served = await load(add(), { maxBatchSize: 3, maxBatchDelayMs: 7, queueRows: 5 });
    expect(served.settings).toMatchObject({ maxRows: 3, maxDelayMilliseconds: 7, queueLimitRows: 5 });
  });

  it("is batched no further than it gains by, when it is slow and nobody said how far", () => {
    const runs = (...milliseconds: number[]) =>
      milliseconds.map((each, index) => ({ rows: 2 ** index, milliseconds: each }));
    const limits = { maxRows: 8, fixedRows: undefined };
    const flat = { place: THREAD, runs: runs(20, 40, 80, 160) };
    expect(usefulRows(limits, {}, flat)).toBe(1);
    expect(usefulRows(limits, {}, { place: THREAD, runs: runs(4, 8, 16, 32) })).toBe(4);
    expect(usefulRows(limits, {}, { place: THREAD, runs: runs(10, 12, 24, 48) })).toBe(2);
    expect(usefulRows(limits, {}, { place: THREAD, runs: runs(10, 12) })).toBe(8);
    expect(usefulRows(limits, { maxBatchSize: 8 }, flat)).toBe(8);
    expect(usefulRows(limits, {}, { ...flat, place: EVENT_LOOP })).toBe(8);
  });

  it("is not batched when its rows influence one another, unless config.json says so", async () => {
    const served = await load(runningSum());
    expect(served.batched).toBe(false);
    expect(served.loading.warnings).toEqual([
      expect.stringMatching(/^Requests are not joined, and run alone and whole. CumSum /),
    ]);
    expect((await load(runningSum(), { batched: true })).batched).toBe(true);
  });

  it("may have strings, or other free dimensions", async () => {
    const text = await load(upperCase());
    const { outputs } = await infer(text, { input: { datatype: "BYTES", shape: [2], data: ["a", "b"] } });
    expect(outputs["output"]?.data).toEqual(["A", "B"]);
    const sum = await load(sumOfRow());
    const narrow = infer(sum, { features: floats([1, 2], [1, 2]) });
    const wide = infer(sum, { features: floats([1, 3], [1, 2, 3]) });
    expect((await narrow).outputs["prediction"]?.data[0]).toBe(7);
    expect((await wide).outputs["prediction"]?.data[0]).toBe(13);
    expect(sum.statistics.batches.shape).toBe(1);
  });

  it("answers the good requests of a batch with one that it cannot compute", async () => {
    const table = await load(lookUp());
    const at = (index: bigint): Promise<InferenceResult> =>
      infer(table, { index: { datatype: "INT64", shape: [1], data: BigInt64Array.of(index) } });
    const settled = await Promise.allSettled([at(0n), at(9n), at(2n)]);
    expect(settled).toMatchObject([
      { value: { outputs: { value: floats([1], [10]) } } },
      { reason: { code: "unprocessable" } },
      { value: { outputs: { value: floats([1], [30]) } } },
    ]);
  });
});

describe("a graph with a fixed first dimension", () => {
  it("takes exactly its shape when nothing says that it is a batch", async () => {
    const version = await load(fixedBatch());
    expect(version.batched).toBe(false);
    await expect(infer(version, { input: floats([1, 2], [1, 2]) })).rejects.toMatchObject({
      code: "invalid_input",
      message: "Input 'input' has shape [1, 2]; the model takes [4, 2].",
    });
    const whole = floats([4, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
    expect((await infer(version, { input: whole })).outputs["output"]?.shape).toEqual([4, 2]);
  });

  it("takes any number of rows when config.json says that it is one", async () => {
    const version = await load(fixedBatch(), { batched: true });
    const few = await infer(version, { input: floats([1, 2], [1, 2]) });
    expect(few.outputs["output"]).toEqual(floats([1, 2], [2, 3]));
    const many = await infer(version, { input: floats([6, 2], [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]) });
    expect(many.outputs["output"]).toEqual(floats([6, 2], [2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7]));
  });

  it("of 1 runs row by row", async () => {
    const version = await load(identity("FLOAT", [1, 3]));
    const { outputs } = await infer(version, { input: floats([2, 3], [1, 2, 3, 4, 5, 6]) });
    expect(outputs["output"]).toEqual(floats([2, 3], [1, 2, 3, 4, 5, 6]));
    expect(version.statistics.figures("m", "1").batches).toMatchObject([{ batchSize: 1, count: 2 }]);
  });
});

describe("a slow graph", () => {
  it("runs on a thread of its own", async () => {
    const version = await load(slow(4, 256));
    expect(version.loading.place.where).toBe("thread");
    const { outputs } = await infer(version, { input: floats([2, 1], [1, 2]) });
    expect(outputs["output"]?.shape).toEqual([2, 256]);
  });
});

describe("the place of a version's runs", () => {
  it.each<[string, Uint8Array, ModelConfig, string, RegExp]>([
    ["short runs", add(), {}, "event loop", /^$/],
    ["runs at once", add(), { concurrentRuns: 2 }, "thread", /^config\.json asks for 2 runs at once\.$/],
    [
      "a free length",
      sumOfRow(),
      {},
      "thread",
      /^Requests choose how long F is, and so how long a run takes\.$/,
    ],
    ["a bounded length", sumOfRow(), { dimensions: { F: 8 } }, "event loop", /^$/],
    ["texts", upperCase(), {}, "thread", /^Input '.*' takes texts, which are of any length\.$/],
    ["long runs", slow(4, 256), {}, "thread", /^A run of \d rows? takes [\d.]+ ms\.$/],
    ["a loop", endless(), {}, "process", /^Loop \(node '.*'\) goes on until a value tells it to stop\.$/],
  ])("is told with its reason: %s", async (_, model, config, where, reason) => {
    const { place } = (await load(model, config)).loading;
    expect(place).toEqual({ where, reason: expect.stringMatching(reason) as string });
  });

  it("comes with the lengths that could be bounded", async () => {
    expect((await load(sumOfRow())).loading.unbounded).toEqual(["F"]);
    expect((await load(sumOfRow(), { dimensions: { F: 8 } })).loading.unbounded).toEqual([]);
  });
});

describe("concurrent runs", () => {
  it("go on threads of their own", async () => {
    const version = await load(add(), { concurrentRuns: 2, maxBatchSize: 1 });
    expect(version.loading.place.where).toBe("thread");
    const row = (n: number): Record<string, Tensor> => ({
      a: floats([1, 4], [n, n, n, n]),
      b: floats([1, 4], [1, 1, 1, 1]),
    });
    const sums = await Promise.all(
      [1, 2, 3].map(async (n) => (await infer(version, row(n))).outputs["sum"]?.data[0]),
    );
    expect(sums).toEqual([2, 3, 4]);
  });
});
