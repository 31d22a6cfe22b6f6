import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Engine } from "#service/inference/engine/engine.js";
import { broken, identity, truncated, withWeightsIn } from "../../../../models/index.js";
import { RepositoryFixture } from "../repository-fixture.js";

let repository: RepositoryFixture;

beforeEach(async () => {
  repository = await RepositoryFixture.create();
});
afterEach(() => repository.dispose());

const BROKEN = "The file model.onnx cannot be loaded: Protobuf parsing failed.";

describe("a server is not ready, and says why,", () => {
  it("until its models are loaded", async () => {
    await repository.putModel("a", "1", identity());
    await repository.putModel("b", "1", identity());
    const engine = repository.engine();
    expect(engine.whyNotReady()).toBe("The models are being loaded.");
    const seen = new Set<string>();
    const look = setInterval(() => seen.add(engine.whyNotReady() ?? "ready"), 1);
    await engine.start();
    clearInterval(look);
    expect([...seen]).toContain(
      "The models are being loaded. Model 'a' does not serve. Version 1: It is being loaded. Model 'b' does not serve. It waits to be loaded.",
    );
    expect(engine.whyNotReady()).toBeUndefined();
  });

  it("while a required model has never served: which version, and the reason, newest first", async () => {
    await repository.putModel("good", "1", identity());
    await repository.putModel("m", "1", broken());
    await repository.putModel("m", "2", broken());
    await repository.putModel("m", "10", broken());
    const engine = await repository.started();
    expect(engine.whyNotReady()).toBe(`Model 'm' does not serve. Version 10: ${BROKEN} Version 2: ${BROKEN}`);
    await engine.unload("m");
    expect(engine.whyNotReady()).toBeUndefined();
  });

  it.each([
    ["{", "Model 'm' does not serve. Version 1: config.json is not JSON: "],
    [{ maxBatchSize: "many" }, "Model 'm' does not serve. Version 1: config.json: maxBatchSize: "],
    [
      { warmup: [{ input: { file: "gone.bin" } }] },
      "Model 'm' does not serve. Version 1: config.json: warmup[0]: The file 'gone.bin' cannot be read (ENOENT).",
    ],
  ])("for the sake of config.json %j, without a path", async (config, reason) => {
    await repository.putModel("m", "1", identity());
    await repository.putConfig("m", config);
    const engine = await repository.started();
    expect(engine.whyNotReady()).toContain(reason);
    expect(engine.whyNotReady()).not.toContain(repository.root);
  });

  it("of weights that are not there, without a path", async () => {
    await repository.putModel("m", "1", withWeightsIn("sub/weights.bin"));
    const engine = await repository.started();
    expect(engine.whyNotReady()).toContain('External data path does not exist: "sub/weights.bin".');
    expect(engine.whyNotReady()).not.toContain(repository.root);
  });

  it("in few words, however many models there are and however much is wrong with them", async () => {
    for (const name of ["a", "b", "c", "d", "e"]) {
      await repository.putModel(name, "1", identity());
      await repository.putConfig(
        name,
        Object.fromEntries(Array.from({ length: 99 }, (_, key) => [`k${key}`, 1])),
      );
    }
    const reason = (await repository.started()).whyNotReady() ?? "";
    expect(reason).toMatch(/^Model 'a' .*Model 'b' .*Model 'c' .* So it is with 2 more\.$/);
    expect(reason.length).toBeLessThan(1000);
  });

  it("when it holds no model", async () => {
    const engine = await repository.started();
    expect(engine.whyNotReady()).toBe("The model repository is empty.");
    await repository.putModel("m", "1", identity());
    await engine.load("m");
    expect(engine.whyNotReady()).toBeUndefined();
  });

  it("when nothing is loaded under explicit control", async () => {
    await repository.putModel("m", "1", identity());
    const engine = await repository.started({ control: "explicit" });
    expect(engine.whyNotReady()).toBe(
      "No model serves. Model 'm' does not serve. Version 1: Nobody has asked to load it.",
    );
    await engine.load("m");
    expect(engine.whyNotReady()).toBeUndefined();
  });

  it("when only models that are not required are left, and are broken", async () => {
    await repository.putModel("m", "1", truncated());
    await repository.putConfig("m", { required: false });
    expect((await repository.started()).whyNotReady()).toMatch(/^No model serves\. Model 'm' /);
  });

  it("while the only model's thread is started again", async () => {
    const threads: Worker[] = [];
    const remember = (worker: Worker): void => void threads.push(worker);
    await repository.putModel("m", "1", identity());
    await repository.putConfig("m", { concurrentRuns: 2 });
    process.on("worker", remember);
    const engine = await repository.started();
    process.off("worker", remember);
    await Promise.all(threads.map((thread) => thread.terminate()));
    await new Promise(setImmediate);
    expect(engine.whyNotReady()).toBe(
      "No model serves. Model 'm' does not serve. Version 1: The model's thread ended with code 1. It is being started again.",
    );
    await repository.hasLogged("model version serves again", 2);
    expect(engine.whyNotReady()).toBeUndefined();
  });

  it("when it stops", async () => {
    await repository.putModel("m", "1", identity());
    const engine = await repository.started();
    await engine.stop();
    expect(engine.whyNotReady()).toBe("The server is shutting down.");
  });
});

describe("after an unload", () => {
  async function startedWithTwo(options = {}): Promise<Engine> {
    await repository.putModel("a", "1", identity());
    await repository.putModel("b", "1", identity());
    return repository.started(options);
  }

  it("a server is ready as long as another model serves", async () => {
    const engine = await startedWithTwo();
    await engine.unload("a");
    expect(engine.whyNotReady()).toBeUndefined();
    await engine.unload("b");
    expect(engine.whyNotReady()).toBe(
      "No model serves. Model 'a' does not serve. Version 1: It was unloaded. Model 'b' does not serve. Version 1: It was unloaded.",
    );
    await engine.load("b");
    expect(engine.whyNotReady()).toBeUndefined();
  });

  it("the default model counts", async () => {
    const engine = await startedWithTwo({ defaultModel: "a" });
    await engine.unload("b");
    expect(engine.whyNotReady()).toBeUndefined();
    await engine.load("b");
    await engine.unload("a");
    expect(engine.whyNotReady()).toBe("The default model 'a' does not serve. Version 1: It was unloaded.");
  });

  it("a default model that is not there counts too", async () => {
    const engine = await startedWithTwo({ defaultModel: "c" });
    expect(engine.whyNotReady()).toBe(
      "The default model 'c' does not serve. It is not in the model repository.",
    );
  });
});

describe("a server that was ready", () => {
  it("stays so when a broken model comes into the repository, or a broken version", async () => {
    await repository.putModel("a", "1", identity());
    const engine = await repository.started();
    await repository.putModel("new", "1", broken());
    await expect(engine.load("new")).rejects.toThrow(BROKEN);
    await repository.putModel("a", "2", broken());
    await expect(engine.load("a")).rejects.toThrow(BROKEN);
    expect(engine.whyNotReady()).toBeUndefined();
    await writeFile(join(repository.root, "a", "config.json"), "{");
    await expect(engine.load("a")).rejects.toThrow("config.json is not JSON");
    expect(engine.whyNotReady()).toBeUndefined();
  });
});
