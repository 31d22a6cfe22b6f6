/** Access: who may call a server, by key, by port, and by the page that asks. */

import { z } from "zod";
import { SettingsError } from "../settings/read.js";

/** What a key opens: predictions, or everything. */
export type Role = "predict" | "admin";

/** What a key's requests may be at most, in each process. */
export interface KeyLimits {
  readonly requestsPerSecond?: number | undefined;
  /** Requests that run at the same time. */
  readonly concurrency?: number | undefined;
}

/** A key, and what log and metrics call whoever holds it. Two keys of one name are of one holder, who changes from one to the other. */
export interface ApiKey extends KeyLimits {
  readonly name: string;
  readonly key: string;
  readonly role: Role;
}

/** Whether a key fits into a header as it is. */
export function isSendable(key: string): boolean {
  return /^[\x21-\x7e]+$/.test(key);
}

/** The keys of a variable, which have no names of their own. */
export function keysOfList(keys: readonly string[], role: Role): ApiKey[] {
  return keys.map((key, index) => ({ name: `${role}-${index + 1}`, key, role }));
}

const apiKeySchema = z.strictObject(
  {
    name: z
      .string("must be a text")
      .regex(/^[\w.-]{1,64}$/, "must be at most 64 letters, digits, dots, hyphens and underscores"),
    key: z.string("must be a text").refine(isSendable, "must be visible ASCII characters"),
    role: z.enum(["predict", "admin"], "must be predict or admin").default("predict"),
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

/** Throws a SettingsError where two keys are the same, or two of one name differ in more than the key. */
export function checkTogether(keys: readonly ApiKey[], source: string): void {
  for (const [index, one] of keys.entries()) {
    for (const other of keys.slice(0, index)) {
      if (one.key === other.key) {
        throw fault(source, `gives ${other.name} and ${one.name} the same key`);
      }
      if (one.name === other.name && !areAlike(one, other)) {
        throw fault(source, `gives two keys named ${one.name} different roles or limits`);
      }
    }
  }
}

function areAlike(one: ApiKey, other: ApiKey): boolean {
  return (
    one.role === other.role &&
    one.requestsPerSecond === other.requestsPerSecond &&
    one.concurrency === other.concurrency
  );
}

function fault(source: string, reason: string): SettingsError {
  return new SettingsError([`${source} ${reason}.`]);
}
