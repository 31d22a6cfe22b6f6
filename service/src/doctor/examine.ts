import { basename, resolve } from "node:path";
import { messageOf } from "../server/errors.js";
import type { ModelConfig } from "../models/model-config.js";
import { parseModelConfig } from "../models/config-file.js";
import { DEFAULT_LABEL } from "../models/versions.js";
import { nameProblem } from "../models/names.js";
import { NO_VERSION, scanModel, type ModelFolder } from "../models/scan.js";
import type { ServingDefaults } from "../inference/engine/loading/plan-serving.js";
import { examineVersion, type VersionReport } from "./examine-version.js";

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
  const faults = [nameProblem("model", scanned.name), scanned.problem].filter((fault) => fault !== undefined);
  problems.push(...faults);
  if (scanned.versions.length === 0 && scanned.problem === undefined) {
    problems.push(NO_VERSION);
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
function versionFaults(config: ModelConfig, scanned: ModelFolder): string[] {
  const { labels, versions, traffic = {}, shadow } = config;
  const there = new Set(scanned.versions.map(({ version }) => version));
  const named = [
    ...Object.entries(labels ?? {}).map(([label, version]) => [`labels.${label}`, version] as const),
    ...(versions?.policy === "specific" ? versions.versions : []).map(
      (version) => ["versions", version] as const,
    ),
  ];
  const keys = [
    ...Object.keys(traffic).map((key) => [`traffic.${key}`, key] as const),
    ...(shadow ? [["shadow.version", shadow.version] as const] : []),
  ];
  const isLabel = (key: string): boolean => key === DEFAULT_LABEL || Object.hasOwn(labels ?? {}, key);
  return [
    ...named
      .filter(([, version]) => !there.has(version))
      .map(([field, version]) => `config.json: ${field}: there is no version '${version}'.`),
    ...keys
      .filter(([, key]) => !isLabel(key) && !there.has(key))
      .map(([field, key]) => `config.json: ${field}: there is no label or version '${key}'.`),
  ];
}
