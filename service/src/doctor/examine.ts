import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { messageOf, ServiceError } from "../server/errors.js";
import { decodeModel } from "../onnx/read-model.js";
import { configFaults } from "../models/config-faults.js";
import type { ModelConfig } from "../models/model-config.js";
import { parseModelConfig } from "../models/config-file.js";
import { scanModel, type ModelFolder, type VersionFiles } from "../models/scan.js";
import { loadVersion, type ServingDefaults } from "../inference/engine/loading/load-version.js";
import type { WarmRun } from "../inference/engine/loading/warm-up.js";
import type { TensorSpec } from "../tensors/tensor.js";
import { graphFacts, type GraphFacts } from "./graph-facts.js";
import { suggestConfig } from "./suggest-config.js";

/** One version of the model folder, as far as it could be looked at. */
export interface VersionReport {
  readonly version: string;
  readonly bytes: number;
  readonly graph: GraphFacts | undefined;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly batched: boolean;
  /** Whether it would run on a thread of its own. */
  readonly threaded: boolean;
  readonly runs: readonly WarmRun[];
  /** What keeps it from being served. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly suggestion: ModelConfig | undefined;
}

export interface ModelReport {
  readonly name: string;
  /** What is wrong with the folder or its config.json as a whole. */
  readonly problems: readonly string[];
  readonly versions: readonly VersionReport[];
}

/** Looks at a model's folder (`VERSION/model.onnx`, `config.json`) as the server would, and at what it would do with it. */
export async function examineModel(folder: string, defaults: ServingDefaults): Promise<ModelReport> {
  const path = resolve(folder);
  const scanned = await scanModel(path, basename(path));
  const problems: string[] = [];
  const config = configOf(scanned, problems);
  if (scanned.versions.length === 0) {
    problems.push("No version folder holds a model.onnx.");
  }
  problems.push(...versionFaults(config, scanned));
  const versions: VersionReport[] = [];
  for (const version of scanned.versions) {
    versions.push(await examineVersion(version, config, defaults));
  }
  return { name: scanned.name, problems, versions };
}

export function hasProblems({ problems, versions }: ModelReport): boolean {
  return problems.length > 0 || versions.some((version) => version.problems.length > 0);
}

function configOf({ configText }: ModelFolder, problems: string[]): ModelConfig {
  try {
    return parseModelConfig(configText);
  } catch (error) {
    problems.push(messageOf(error));
    return {};
  }
}

/** Versions that config.json names and the folder does not have. */
function versionFaults({ labels, versions }: ModelConfig, scanned: ModelFolder): string[] {
  const there = new Set(scanned.versions.map(({ version }) => version));
  const named = [
    ...Object.entries(labels ?? {}).map(([label, version]) => [`labels.${label}`, version] as const),
    ...(versions?.policy === "specific" ? versions.versions : []).map(
      (version) => ["versions", version] as const,
    ),
  ];
  return named
    .filter(([, version]) => !there.has(version))
    .map(([field, version]) => `config.json: ${field}: there is no version '${version}'.`);
}

async function examineVersion(
  scanned: VersionFiles,
  config: ModelConfig,
  defaults: ServingDefaults,
): Promise<VersionReport> {
  const problems: string[] = [];
  const graph = await readGraph(scanned.path, problems);
  const served = await tryOut(scanned, config, defaults, problems);
  const warnings = [...(graph ? graphWarnings(graph) : []), ...(served?.warnings ?? [])];
  const { version, bytes } = scanned;
  if (!served) {
    return { ...NOT_SERVED, version, bytes, graph, problems, warnings };
  }
  problems.push(
    ...configFaults(config, served.inputs, served.outputs).map((fault) => `config.json: ${fault}`),
  );
  const suggestion = suggestConfig(config, { ...served, madeBy: graph?.madeBy ?? {} });
  return { ...served, version, bytes, graph, problems, warnings, suggestion };
}

const NOT_SERVED = {
  inputs: [],
  outputs: [],
  batched: false,
  threaded: false,
  runs: [],
  suggestion: undefined,
};

async function readGraph(path: string, problems: string[]): Promise<GraphFacts | undefined> {
  try {
    return graphFacts(decodeModel(await readFile(path)));
  } catch (error) {
    problems.push(messageOf(error));
    return undefined;
  }
}

function graphWarnings({ shapeless }: GraphFacts): string[] {
  return shapeless.map((name) => `'${name}' has no declared shape: it is taken for a single number.`);
}

type Served = Pick<VersionReport, "inputs" | "outputs" | "batched" | "threaded" | "runs" | "warnings">;

/** Serves the version for a moment. Names that config.json has wrong are found apart, so they are left out here. */
async function tryOut(
  files: VersionFiles,
  config: ModelConfig,
  defaults: ServingDefaults,
  problems: string[],
): Promise<Served | undefined> {
  const { batched, maxBatchSize, concurrentRuns } = config;
  try {
    const model = { name: "doctor", config: { batched, maxBatchSize, concurrentRuns } };
    const served = await loadVersion(files, model, defaults);
    await served.close(new ServiceError("shutting_down", "The examination is over."));
    const { runs, threaded, warnings } = served.loading;
    return {
      inputs: served.inputs,
      outputs: served.outputs,
      batched: served.batched,
      runs,
      threaded,
      warnings,
    };
  } catch (error) {
    problems.push(messageOf(error));
    return undefined;
  }
}
