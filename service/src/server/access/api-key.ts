/** Access: who may call a server, by key, by port, and by the page that asks. */

import {
  contradictionOf,
  KEY,
  KEY_NAME,
  KEY_ROLES,
  type ApiKey,
  type KeyRole,
} from "@ai-model-service/contract/keys";
import { z } from "zod";
import { SettingsError } from "../settings/read.js";

/** The keys of a variable, which have no names of their own. */
export function keysOfList(keys: readonly string[], role: KeyRole): ApiKey[] {
  return keys.map((key, index) => ({ name: `${role}-${index + 1}`, key, role }));
}

const apiKeySchema = z.strictObject(
  {
    name: z
      .string("must be a text")
      .regex(KEY_NAME, "must be at most 64 letters, digits, dots, hyphens and underscores"),
    key: z.string("must be a text").regex(KEY, "must be visible ASCII characters"),
    role: z.enum(KEY_ROLES, "must be predict or admin").default("predict"),
    requestsPerSecond: z.number("must be a number").gt(0, "must be above 0").optional(),
    concurrency: z.int("must be a whole number").min(1, "must be at least 1").optional(),
  },
  "must be an object of name, key, role, requestsPerSecond and concurrency, and nothing else",
);

const fileSchema = z.array(apiKeySchema, "must be a list").min(1, "holds no key");

/** The keys in a file's text. Throws a SettingsError that never shows a part of the text: it might be a key's. */
export function parseKeys(text: string, source: string): ApiKey[] {
  const result = fileSchema.safeParse(jsonOf(text, source));
  if (!result.success) {
    const [issue] = result.error.issues;
    const path = (issue?.path ?? []).map((part) =>
      typeof part === "number" ? `[${part}]` : `.${String(part)}`,
    );
    throw fault(source, `${path.join("")} ${issue?.message ?? "is not valid"}`.trim());
  }
  return result.data;
}

function jsonOf(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw fault(source, "is not valid JSON");
  }
}

/** Throws a SettingsError where keys cannot be valid together. */
export function checkTogether(keys: readonly ApiKey[], source: string): void {
  const contradiction = contradictionOf(keys);
  if (contradiction !== undefined) {
    throw fault(source, contradiction);
  }
}

function fault(source: string, reason: string): SettingsError {
  return new SettingsError([`${source} ${reason}.`]);
}
