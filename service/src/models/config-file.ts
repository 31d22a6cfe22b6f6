import { messageOf } from "../server/errors.js";
import { z } from "zod";
import { modelConfigSchema, type ModelConfig } from "./model-config.js";

/** A config.json that cannot be used; the message names every field at fault. */
export class ConfigFileError extends Error {
  override readonly name = "ConfigFileError";
}

/** Parses the text of a config.json; without text every field has its default. Throws ConfigFileError. */
export function parseModelConfig(text: string | undefined): ModelConfig {
  if (text === undefined) {
    return {};
  }
  const parsed = modelConfigSchema.safeParse(parseJson(text));
  if (parsed.success) {
    return parsed.data;
  }
  throw new ConfigFileError(`config.json: ${parsed.error.issues.map(describe).join("; ")}.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigFileError(`config.json is not JSON: ${messageOf(error)}.`);
  }
}

function describe(issue: z.core.$ZodIssue): string {
  const field = z.core.toDotPath(issue.path);
  return field === "" ? issue.message : `${field}: ${issue.message}`;
}
