import { fullKey } from "../settings/keys.js";

/** A resource as a rule sees it: inputs as plain data. */
export interface Checked {
  type: string;
  name: string;
  props: unknown;
  /** The setting that decides over all of it, where a chart made it of that setting's values. */
  setting?: string;
}

/** What is wrong with a resource, and the setting that puts it right, where there is one. */
export type Fault = string | { what: string; setting: string };

/** Something that every stack keeps to. Broken, it stops preview and update. */
export interface Rule {
  name: string;
  /** One sentence, as it reads when the rule is broken. */
  description: string;
  /** What is wrong with a resource; nothing if all is well. */
  check: (resource: Checked) => Fault[];
}

/** What a rule finds wrong with a resource, in words that follow its name. */
export function findings({ check }: Rule, resource: Checked): string[] {
  return check(resource).map((fault) => {
    const { what, setting } = typeof fault === "string" ? { what: fault, setting: undefined } : fault;
    const decides = resource.setting ?? setting;
    return decides === undefined ? what : `${what}: see ${fullKey(decides)}`;
  });
}

/** The value at a path of keys, undefined where there is none. */
export function at(tree: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined,
    tree,
  );
}

/** The list at a path of keys, empty where there is none. */
export function listAt(tree: unknown, ...path: string[]): unknown[] {
  const value = at(tree, ...path);
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** The text at a path of keys, empty where there is none. */
export function textAt(tree: unknown, ...path: string[]): string {
  const value = at(tree, ...path);
  return typeof value === "string" ? value : "";
}
