import { readFile } from "node:fs/promises";
import { messageOf } from "../server/errors.js";
import { decodeModel } from "../onnx/read-model.js";
import { analyseRows } from "../onnx/rows/analyse-rows.js";
import type { OnnxModel } from "../onnx/types.js";
import { configFaults } from "../models/config-faults.js";
import { versionFault } from "../models/file-fault.js";
import type { ModelConfig } from "../models/model-config.js";
import type { VersionFiles } from "../models/version-folder.js";
import type { ServingDefaults } from "../inference/engine/loading/plan-serving.js";
import type { Place } from "../inference/engine/loading/open-sessions.js";
import type { WarmRun } from "../inference/engine/loading/warm-up.js";
import type { TensorSpec } from "../tensors/tensor.js";
import { whyNot } from "./confirm.js";
import { graphFacts, type GraphFacts } from "./graph-facts.js";
import { suggestConfig, type Suggestion } from "./suggest-config.js";
import { tryOut, type Trial } from "./try-out.js";

/** One version of the model folder, as far as it could be looked at. */
export interface VersionReport {
  readonly version: string;
  readonly bytes: number;
  readonly graph: GraphFacts | undefined;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Outputs of the graph that are not served. */
  readonly leftOut: readonly string[];
  readonly batched: boolean;
  /** What of the declaration or of config.json keeps requests apart; "" where nothing does, or a warning says it. */
  readonly apart: string;
  /** Rows per run at most. */
  readonly maxRows: number;
  readonly place: Place | undefined;
  /** Dimensions that config.json's `dimensions` could bound. */
  readonly unbounded: readonly string[];
  readonly runs: readonly WarmRun[];
  /** What keeps it from being served. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  /** What a person should know of the suggestion, or of why there is none. */
  readonly notes: readonly string[];
  /** Has been served, and answered as the version does without it. */
  readonly suggestion: ModelConfig | undefined;
}

/** Serves a version as the server would, and looks at what it answers. */
export async function examineVersion(
  files: VersionFiles,
  config: ModelConfig,
  defaults: ServingDefaults,
): Promise<VersionReport> {
  const problems: string[] = [];
  const fault = await versionFault(files);
  if (fault !== undefined) {
    const { version, bytes } = files;
    return { ...NOT_SERVED, version, bytes, graph: undefined, problems: [fault], warnings: [] };
  }
  const model = await readModel(files.path, problems);
  const graph = model && graphFacts(model);
  const { version, bytes } = files;
  const seen = {
    ...NOT_SERVED,
    version,
    bytes,
    graph,
    problems,
    warnings: graph ? graphWarnings(graph) : [],
  };
  const trial = await tryOut(files, config, defaults).catch((error: unknown) => {
    problems.push(messageOf(error));
  });
  if (!trial) {
    return seen;
  }
  problems.push(...configFaults(config, trial.inputs, trial.outputs).map((fault) => `config.json: ${fault}`));
  const served = new Set(trial.outputs.map(({ name }) => name));
  const rowsProved = model !== undefined && analyseRows(model).kind === "proved";
  const wanted = suggestConfig(config, { ...trial, rowsProved });
  return {
    ...seen,
    ...trial,
    leftOut: (graph?.outputs ?? []).filter((name) => !served.has(name)),
    warnings: [...seen.warnings, ...trial.warnings],
    // What is wrong with a config.json is put right before anything is added to it.
    ...(problems.length === 0 ? await confirmed(wanted, config, files, trial, defaults) : {}),
  };
}

const NOT_SERVED = {
  inputs: [],
  outputs: [],
  leftOut: [],
  batched: false,
  apart: "",
  maxRows: 0,
  place: undefined,
  unbounded: [],
  runs: [],
  notes: [],
  suggestion: undefined,
};

/** What of a suggestion has stood a trial. */
async function confirmed(
  { config: suggestion, notes }: Suggestion,
  config: ModelConfig,
  files: VersionFiles,
  trial: Trial,
  defaults: ServingDefaults,
): Promise<Pick<VersionReport, "suggestion" | "notes">> {
  if (Object.keys(suggestion).every((field) => field in config)) {
    return { suggestion: undefined, notes };
  }
  const reason = await whyNot(suggestion, files, trial, defaults);
  return reason === undefined
    ? { suggestion, notes }
    : {
        suggestion: undefined,
        notes: [`No config.json is suggested, for the likely one does not serve. ${reason}`],
      };
}

async function readModel(path: string, problems: string[]): Promise<OnnxModel | undefined> {
  try {
    return decodeModel(await readFile(path));
  } catch (error) {
    problems.push(messageOf(error));
    return undefined;
  }
}

function graphWarnings({ shapeless }: GraphFacts): string[] {
  return shapeless.map((name) => `'${name}' has no declared shape: every shape is taken for right.`);
}
