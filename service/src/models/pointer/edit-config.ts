import jsonc from "jsonc-parser";
import type { ModelConfig } from "../model-config.js";

/** The fields of config.json that say what serves to whom. */
export type Serving = Pick<ModelConfig, "labels" | "traffic" | "shadow">;

const FIELDS = ["labels", "traffic", "shadow"] as const;

/** The pointing part of a configuration. */
export function servingOf(config: ModelConfig): Serving {
  return Object.fromEntries(
    FIELDS.flatMap((field) => (config[field] === undefined ? [] : [[field, config[field]]])),
  );
}

/** What there is without a config.json. */
export const NO_CONFIG = "{}\n";

/**
 * The text of config.json, an object, with other values of those fields, an absent one taken out. Everything else stays as a
 * person wrote it, to the character: other fields, their order, indentation.
 */
export function editConfig(text: string, serving: Serving): string {
  const current = JSON.parse(text) as Serving;
  return FIELDS.filter((field) => JSON.stringify(current[field]) !== JSON.stringify(serving[field])).reduce(
    (edited, field) => withField(edited, field, serving[field]),
    text,
  );
}

function withField(text: string, field: string, value: object | undefined): string {
  const properties = jsonc.parseTree(text)?.children ?? [];
  const index = properties.findIndex(({ children = [] }) => children[0]?.value === field);
  const found = properties[index];
  const node = found?.children?.[1];
  if (value === undefined) {
    return found === undefined ? text : without(text, properties, index);
  }
  return node === undefined
    ? inserted(text, properties.at(-1), `${JSON.stringify(field)}: ${shownValue(value)}`)
    : spliced(text, node.offset, endOf(node), shownValue(value));
}

/** With the comma before it, or after it when it is the first. */
function without(text: string, properties: readonly jsonc.Node[], index: number): string {
  const [before, found, after] = [properties[index - 1], properties[index], properties[index + 1]];
  if (found === undefined) {
    return text;
  }
  return before === undefined
    ? spliced(text, found.offset, after?.offset ?? endOf(found), "")
    : spliced(text, endOf(before), endOf(found), "");
}

/** On a line of its own, where fields are. */
function inserted(text: string, last: jsonc.Node | undefined, member: string): string {
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  if (last === undefined) {
    const brace = text.indexOf("{");
    const end = text.indexOf("}", brace);
    return spliced(text, brace + 1, end, `${eol}  ${member}${eol}`);
  }
  const indent = /\n([ \t]*)[^\n]*$/.exec(text.slice(0, last.offset))?.[1];
  const between = indent === undefined ? ", " : `,${eol}${indent}`;
  return spliced(text, endOf(last), endOf(last), `${between}${member}`);
}

/** As people write what is short: `{ "stable": 95, "canary": 5 }`. */
function shownValue(value: object): string {
  const members = Object.entries(value).map(
    ([key, item]: [string, unknown]) => `${JSON.stringify(key)}: ${JSON.stringify(item)}`,
  );
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

function spliced(text: string, from: number, to: number, piece: string): string {
  return text.slice(0, from) + piece + text.slice(to);
}

function endOf({ offset, length }: jsonc.Node): number {
  return offset + length;
}
