import type { z } from "zod";

import { fullKey } from "./keys.js";

type Issue = z.core.$ZodIssue;

/**
 * One sentence for every fault, by the key that a path has: by default one of the program's own. None shows what the
 * sections that are `secret` hold.
 */
export function explain(
  issues: readonly Issue[],
  { secret = [], keyed = fullKeyOf }: { secret?: readonly string[]; keyed?: (path: string) => string } = {},
): string {
  const sentences = issues
    .flatMap((issue) => sentencesOf(issue, secret))
    .map((sentence) => `  ${keyed(sentence)}.`);
  return `The settings of this stack cannot be used:\n${sentences.join("\n")}`;
}

/** Those of a provider have their namespace already. */
function fullKeyOf(sentence: string): string {
  return /^\w+:/.test(sentence) ? sentence : fullKey(sentence);
}

function sentencesOf(issue: Issue, secret: readonly string[]): string[] {
  const key = keyOf(issue.path);
  const butIs = secret.some((section) => issue.path[0] === section) ? "" : found(issue);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((name) => `${keyOf([...issue.path, name])} is not a setting`);
    case "invalid_key":
      return issue.issues.map((inner) => `${key} ${inner.message}`);
    case "invalid_value":
      return [`${key} must be ${alternatives(issue.values)}${butIs}`];
    case "invalid_type":
      return [`${key} must be ${withArticle(issue.expected)}${butIs}`];
    case "too_small":
      return [`${key} must be at least ${String(issue.minimum)}${butIs}`];
    case "too_big":
      return [`${key} must be at most ${String(issue.maximum)}${butIs}`];
    default:
      return [`${key} ${issue.message}`];
  }
}

function keyOf(path: readonly PropertyKey[]): string {
  return path.map(String).join(".");
}

function alternatives(values: readonly z.core.util.Primitive[]): string {
  const names = values.map(String);
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} or ${names.slice(-1).join()}`;
}

function withArticle(type: string): string {
  if (type === "int") {
    return "a whole number";
  }
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

/** Sections whose values are secrets, or addresses that hold one. */
const SECRET = ["keys", "receivers", "secretEnvironment"];

/** What was found instead, at a glance; never a password's value or a key's. */
function found({ path, input }: Issue): string {
  if (input === undefined) {
    return ", but is not set";
  }
  return path.at(-1) === "password" || SECRET.some((part) => path.includes(part))
    ? ""
    : `, not ${JSON.stringify(input).slice(0, 60)}`;
}
