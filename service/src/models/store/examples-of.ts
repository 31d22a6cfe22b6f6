import { posix } from "node:path";
import { parseModelConfig } from "../config-file.js";
import type { ModelConfig } from "../model-config.js";
import type { StoredFile, StoredFiles } from "./list-bucket.js";

/** The files of a model that config.json's `warmup` names; none while config.json is wrong. */
export function examplesOf({
  configText,
  files,
}: {
  readonly configText: string | undefined;
  readonly files: StoredFiles;
}): Map<string, StoredFile> {
  const examples = new Map<string, StoredFile>();
  for (const name of namesIn(configText)) {
    const path = posix.normalize(name);
    const file = files.get(path);
    if (file) {
      examples.set(path, file);
    }
  }
  return examples;
}

function namesIn(configText: string | undefined): string[] {
  let config: ModelConfig;
  try {
    config = parseModelConfig(configText);
  } catch {
    return [];
  }
  return (config.warmup ?? []).flatMap((example) =>
    Object.values(example).flatMap((value) =>
      typeof value === "object" && value !== null && "file" in value && typeof value.file === "string"
        ? [value.file]
        : [],
    ),
  );
}
