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

/** Of which versions there are, and who gets which: no version is loaded differently for it. */
const POINTERS: readonly (keyof ModelConfig)[] = ["versions", "labels", "traffic", "shadow", "required"];

/** What of a config.json's text a version is loaded with; undefined for nothing. A text that is no JSON counts as a whole. */
export function loadingText(text: string | undefined): string | undefined {
  let config: unknown;
  try {
    config = text === undefined ? {} : JSON.parse(text);
  } catch {
    return text;
  }
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    return text;
  }
  const rest = Object.entries(config).filter(([field]) => !POINTERS.some((pointer) => pointer === field));
  return rest.length === 0 ? undefined : JSON.stringify(rest);
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
