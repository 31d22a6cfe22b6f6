import { messageOf } from "../server/errors.js";
import { z } from "zod";
import { modelConfigSchema, type ModelConfig } from "./model-config.js";

/** A config.json that cannot be used; the message names the file and every field at fault. */
export class ConfigFileError extends Error {
  override readonly name = "ConfigFileError";
}

/** Parses the text of `file`; without text every field has its default. Throws ConfigFileError. */
export function parseModelConfig(file: string, text: string | undefined): ModelConfig {
  if (text === undefined) {
    return {};
  }
  const parsed = modelConfigSchema.safeParse(parseJson(file, text));
  if (parsed.success) {
    return parsed.data;
  }
  throw new ConfigFileError(`${file}: ${parsed.error.issues.map(describe).join("; ")}.`);
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigFileError(`${file} is not JSON: ${messageOf(error)}.`);
  }
}

function describe(issue: z.core.$ZodIssue): string {
  const field = z.core.toDotPath(issue.path);
  return field === "" ? issue.message : `${field}: ${issue.message}`;
}
