import { EventEmitter, once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Registry } from "prom-client";
import { createEngine, type EngineOptions } from "#service/inference/engine/create-engine.js";
import { engineOptions } from "#service/inference/engine-options.js";
import { readSettings } from "#service/inference/settings.js";
import type { Engine } from "#service/inference/engine/engine.js";
import type { ServingDefaults } from "#service/inference/engine/loading/plan-serving.js";
import type { Tensor } from "#service/tensors/tensor.js";

/** A line of the engine's log. */
export interface LogLine {
  readonly level: "info" | "warn" | "error";
  readonly fields: object;
  readonly message: string;
}

/** A model repository in a temporary folder, engines over it, and what they logged. */
export class RepositoryFixture {
  readonly log: LogLine[] = [];
  /** Of the newest engine. */
  registry = new Registry();
  private readonly engines: Engine[] = [];
  private readonly logging = new EventEmitter();

  private constructor(readonly root: string) {}

  static async create(): Promise<RepositoryFixture> {
    return new RepositoryFixture(await mkdtemp(join(tmpdir(), "models-")));
  }

  async putModel(name: string, version: string, model: Uint8Array): Promise<void> {
    await mkdir(join(this.root, name, version), { recursive: true });
    await writeFile(join(this.root, name, version, "model.onnx"), model);
  }

  async putConfig(name: string, config: object | string): Promise<void> {
    await mkdir(join(this.root, name), { recursive: true });
    const text = typeof config === "string" ? config : JSON.stringify(config);
    await writeFile(join(this.root, name, "config.json"), text);
  }

  async removeVersion(name: string, version: string): Promise<void> {
    await rm(join(this.root, name, version), { recursive: true });
  }

  /** One thread and no watching unless `options` say otherwise. */
  engine(options: Partial<EngineOptions> = {}): Engine {
    this.registry = new Registry();
    const line =
      (level: LogLine["level"]) =>
      (fields: object, message: string): void => {
        this.log.push({ level, fields, message });
        this.logging.emit("line");
      };
    const engine = createEngine(
      {
        ...engineOptions(readSettings({})),
        repository: this.root,
        threads: 1,
        pollSeconds: 0,
        ...options,
      },
      this.registry,
      { info: line("info"), warn: line("warn"), error: line("error") },
    );
    this.engines.push(engine);
    return engine;
  }

  async started(options: Partial<EngineOptions> = {}): Promise<Engine> {
    const engine = this.engine(options);
    await engine.start();
    return engine;
  }

  /** Resolves once the engines have logged `message` that many times. */
  async hasLogged(message: string, times = 1): Promise<void> {
    while (this.log.filter((line) => line.message === message).length < times) {
      await once(this.logging, "line");
    }
  }

  async dispose(): Promise<void> {
    await Promise.all(this.engines.map((engine) => engine.stop()));
    await rm(this.root, { recursive: true });
  }
}

/** Settings of models whose config.json does not say, for tests that load versions themselves: small batches, one thread. */
export const SERVING: ServingDefaults = {
  maxBatchSize: 4,
  maxBatchDelayMs: 0,
  queueRows: 16,
  queueSeconds: 1,
  intraOpThreads: 1,
  provider: { provider: "cpu", fallback: "" },
  runLimitSeconds: 60,
  runLimitBytes: 2 ** 30,
};

/** A tensor of floats. */
export function floats(shape: readonly number[], data: readonly number[]): Tensor {
  return { datatype: "FP32", shape, data: Float32Array.from(data) };
}
