import { batchDimension } from "../batching/batch-dimension.js";
import type { ModelConfig } from "../model-config.js";
import { openOnnxSession } from "../session/onnx-session.js";
import type { Session } from "../session/session.js";
import { VersionServer, type ServingSettings } from "./version-server.js";
import { warmUp, warmUpSizes } from "./warm-up.js";

/** Settings of models whose config.json does not say. */
export interface ServingDefaults {
  readonly maxBatchSize: number;
  readonly maxBatchDelayMs: number;
  readonly queueRows: number;
  readonly intraOpThreads: number;
}

export interface VersionSource {
  readonly name: string;
  readonly version: string;
  /** Of its model.onnx. */
  readonly path: string;
  readonly config: ModelConfig;
}

/** A version that serves, and what loading it took. */
export interface LoadedVersion {
  readonly server: VersionServer;
  readonly loadSeconds: number;
  /** Unix time, seconds. */
  readonly loadedAt: number;
  /** Growth of the resident memory while it was loaded and warmed up. */
  readonly memoryBytes: number;
}

/** Loads a version, checks it against its configuration and warms it up. Rejects with the reason when it cannot serve. */
export async function loadVersion(source: VersionSource, defaults: ServingDefaults): Promise<LoadedVersion> {
  const memoryBefore = process.memoryUsage.rss();
  const began = performance.now();
  const session = await openOnnxSession(source.path, { intraOpThreads: defaults.intraOpThreads });
  try {
    const server = await serve(source, session, defaults);
    return {
      server,
      loadSeconds: (performance.now() - began) / 1000,
      loadedAt: Date.now() / 1000,
      memoryBytes: Math.max(0, process.memoryUsage.rss() - memoryBefore),
    };
  } catch (error) {
    await session.release();
    throw error;
  }
}

async function serve(
  source: VersionSource,
  session: Session,
  defaults: ServingDefaults,
): Promise<VersionServer> {
  const { config, name, version } = source;
  checkNames(config, session);
  const { batched, fixedRows } = batchDimension(session.inputs, session.outputs, config.batched);
  const settings: ServingSettings = {
    maxRows: batched ? (fixedRows ?? config.maxBatchSize ?? defaults.maxBatchSize) : 1,
    maxDelayMilliseconds: config.maxBatchDelayMs ?? defaults.maxBatchDelayMs,
    queueLimitRows: config.queueRows ?? defaults.queueRows,
    fixedRows,
  };
  const model = { name, version, config, batched, inputs: session.inputs, outputs: session.outputs };
  const server = new VersionServer(model, session, settings);
  const sizes = batched
    ? fixedRows === undefined
      ? warmUpSizes(settings.maxRows)
      : [fixedRows]
    : [undefined];
  for (const run of await warmUp(session, sizes, () => performance.now())) {
    server.estimate.observe(run.rows, run.milliseconds);
  }
  return server;
}

function checkNames(config: ModelConfig, session: Session): void {
  const inputs = session.inputs.map(({ name }) => name);
  const outputs = session.outputs.map(({ name }) => name);
  const { input, postprocess } = config;
  if (input !== undefined && !inputs.includes(input)) {
    throw new Error(`config.json: input: the graph has no input '${input}'; it has ${inputs.join(", ")}`);
  }
  if (postprocess && !outputs.includes(postprocess.output)) {
    throw new Error(
      `config.json: postprocess.output: the graph has no output '${postprocess.output}'; it has ${outputs.join(", ")}`,
    );
  }
}
