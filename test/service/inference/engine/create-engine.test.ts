import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { add, broken, identity, sumOfRow } from "../../../models/index.js";
import { floats, RepositoryFixture } from "./repository-fixture.js";

let repository: RepositoryFixture;

beforeEach(async () => {
  repository = await RepositoryFixture.create();
});
afterEach(() => repository.dispose());

describe("an engine over a model without config.json", () => {
  it("serves it: tensors in, tensors out", async () => {
    await repository.putModel("add", "1", add());
    const engine = await repository.started();
    expect(engine.whyNotReady()).toBeUndefined();
    const model = engine.defaultModel();
    expect(model).toMatchObject({
      name: "add",
      version: "1",
      batched: true,
      inputs: [
        { name: "a", datatype: "FP32", shape: [-1, 4] },
        { name: "b", datatype: "FP32", shape: [-1, 4] },
      ],
    });
    const result = await model.infer({
      inputs: { a: floats([1, 4], [1, 2, 3, 4]), b: floats([1, 4], [10, 20, 30, 40]) },
    });
    expect(result.outputs).toMatchObject({
      sum: floats([1, 4], [11, 22, 33, 44]),
      difference: floats([1, 4], [-9, -18, -27, -36]),
    });
  });

  it("gives only the outputs that are asked for", async () => {
    await repository.putModel("add", "1", add());
    const engine = await repository.started();
    const inputs = { a: floats([1, 4], [1, 2, 3, 4]), b: floats([1, 4], [0, 0, 0, 0]) };
    const { outputs } = await engine.defaultModel().infer({ inputs, outputs: ["difference"] });
    expect(Object.keys(outputs)).toEqual(["difference"]);
  });

  it("joins requests that arrive together, and answers each with its own rows", async () => {
    await repository.putModel("sum", "1", sumOfRow());
    const engine = await repository.started();
    const model = engine.defaultModel();
    const results = await Promise.all(
      [1, 2, 3, 4, 5].map((n) => model.infer({ inputs: { features: floats([1, 2], [n, n]) } })),
    );
    expect(results.map((result) => result.outputs["prediction"]?.data[0])).toEqual([5, 9, 13, 17, 21]);
    expect(results.map((result) => result.batchRows)).toEqual([5, 5, 5, 5, 5]);
  });

  it("splits a request with more rows than a batch takes", async () => {
    await repository.putModel("sum", "1", sumOfRow());
    const engine = await repository.started({ maxBatchSize: 4 });
    const rows = Array.from({ length: 11 }, (_, row) => row);
    const { outputs } = await engine.defaultModel().infer({ inputs: { features: floats([11, 1], rows) } });
    expect(outputs["prediction"]).toMatchObject({ shape: [11, 1] });
    expect([...(outputs["prediction"]?.data ?? [])]).toEqual(rows.map((row) => 2 * row + 1));
    expect(
      Math.max(...((await engine.statistics({}))[0]?.batches.map((batch) => batch.batchSize) ?? [])),
    ).toBe(4);
  });
});

describe("which model answers", () => {
  it("names the models there are when none of that name is there", async () => {
    await repository.putModel("add", "1", add());
    const engine = await repository.started();
    expect(() => engine.resolve({ name: "sub" })).toThrow(
      expect.objectContaining({
        code: "model_not_found",
        message: "There is no model 'sub'; there are: add.",
      }),
    );
  });

  it("asks for a name when several models serve and none is the default", async () => {
    await repository.putModel("add", "1", add());
    await repository.putModel("sum", "1", sumOfRow());
    const engine = await repository.started();
    expect(() => engine.defaultModel()).toThrow(/add, sum/);
    const chosen = await repository.started({ defaultModel: "sum" });
    expect(chosen.defaultModel().name).toBe("sum");
  });
});

describe("readiness", () => {
  it("waits for required models only", async () => {
    await repository.putModel("good", "1", identity());
    await repository.putModel("bad", "1", broken());
    const engine = await repository.started();
    expect(engine.whyNotReady()).toBe(
      "Model 'bad' does not serve. Version 1: The file model.onnx cannot be loaded: Protobuf parsing failed.",
    );
    await repository.putConfig("bad", { required: false });
    const lenient = await repository.started();
    expect(lenient.whyNotReady()).toBeUndefined();
    expect(lenient.index()).toMatchObject([
      { name: "bad", version: "1", state: "UNAVAILABLE" },
      { name: "good", version: "1", state: "READY", reason: "" },
    ]);
  });
});

describe("a model whose threads die", () => {
  it("is unavailable, says so in index, log and metrics, and serves again", async () => {
    const threads: Worker[] = [];
    const remember = (worker: Worker): void => void threads.push(worker);
    const logged = (message: string): object[] =>
      repository.log.filter((line) => line.message === message).map(({ fields }) => fields);
    const ready = async (): Promise<string> =>
      /^inference_model_ready\{.*$/m.exec(await repository.registry.metrics())?.[0] ?? "";
    await repository.putModel("identity", "1", identity());
    await repository.putConfig("identity", { concurrentRuns: 2 });
    process.on("worker", remember);
    const engine = await repository.started();
    process.off("worker", remember);
    await Promise.all(threads.map((thread) => thread.terminate()));
    await new Promise(setImmediate);
    const reason = "The model's thread ended with code 1.";
    const entry = { state: "UNAVAILABLE", reason: `${reason} It is being started again.` };
    expect(engine.index()).toMatchObject([entry]);
    expect(() => engine.resolve({ name: "identity" })).toThrow(reason);
    expect(logged("model version is being started again")).toContainEqual({
      model: "identity",
      version: "1",
      reason,
    });
    expect(await ready()).toMatch(/ 0$/);
    await repository.hasLogged("model version serves again", 2);
    const model = engine.resolve({ name: "identity" });
    const { outputs } = await model.infer({ inputs: { input: floats([1, 3], [1, 2, 3]) } });
    expect(outputs["output"]).toEqual(floats([1, 3], [1, 2, 3]));
    expect(await ready()).toMatch(/ 1$/);
  });
});
