/** The page of all settings, made from the tables by which the server and the program check them. */

import * as prettier from "prettier";

import { fullKey } from "../infra/settings/keys.js";
import { settingsSchema } from "../infra/settings/settings.js";
import { SETTINGS } from "../service/src/inference/settings.js";
import { RESULTS_SETTINGS } from "../service/src/results/settings.js";
import {
  flagOf,
  shownDefault,
  type Setting,
  type SettingsTable,
} from "../service/src/server/settings/definition.js";
import { SETTINGS as TRAINING_SETTINGS } from "../service/src/training/settings.js";

/** What schemas and their checks say of themselves; zod's types of them are too many to name. */
interface Schema {
  readonly description?: string;
  readonly def: {
    readonly type: string;
    readonly innerType?: Schema;
    readonly defaultValue?: unknown;
    readonly shape?: Readonly<Record<string, Schema>>;
    readonly element?: Schema;
    readonly entries?: Readonly<Record<string, string>>;
    readonly values?: readonly unknown[];
    readonly format?: string;
    readonly error?: (issue: unknown) => unknown;
    readonly checks?: readonly Check[];
  };
}

interface Check {
  readonly _zod: {
    readonly def: {
      readonly check: string;
      readonly value?: number;
      readonly inclusive?: boolean;
      readonly path?: readonly string[];
      readonly error?: (issue: unknown) => unknown;
    };
  };
}

/** One setting of the program. */
export interface ProgramSetting {
  readonly key: string;
  readonly allowed: string;
  readonly byDefault: string;
  readonly description: string;
}

/** A group of the program's settings, and what must hold between them. */
export interface ProgramSection {
  readonly name: string;
  readonly description: string;
  readonly settings: readonly ProgramSetting[];
  readonly rules: readonly string[];
}

const HEAD = `# Settings

This page is written by \`npm run docs\` from the tables that check the settings. Do not edit it by hand.`;

const SERVER = `## Of the server

Each setting is an environment variable and a flag; the flag wins. Keys have no flag, since other users of the machine would see
it. \`npm start -- --help\` lists them too.
All that is wrong is reported at once, by name, before the server starts. On a cluster, \`service.environment\` sets them.`;

const RESULTS = `### Of the results service

\`npm run results\` has the settings above that are not of models or workers, with another \`PORT\` (8020), and these. See
[results.md](results.md).`;

const TRAINING = `### Of the training service

\`training\` takes those of the server that are not about predictions: the ports, keys, limits of requests, log, shutdown and
traces. These are its own, or have another default.`;

const PROGRAM = `## Of the program

\`pulumi config set --path KEY VALUE\` sets one for a stack, \`--secret\` keeps it encrypted. All that is wrong is reported at
once, by its full key (\`${fullKey("KEY")}\`), before anything is created.`;

/** docs/settings.md as it should be. */
export async function settingsPage(): Promise<string> {
  const ofTraining = Object.entries<Setting>(TRAINING_SETTINGS).filter(([, setting]) => !isShared(setting));
  const parts = [
    HEAD,
    SERVER,
    serverTable(SETTINGS),
    RESULTS,
    serverTable(RESULTS_SETTINGS),
    TRAINING,
    serverTable(Object.fromEntries(ofTraining)),
    PROGRAM,
    ...programSections().map(sectionText),
  ];
  return prettier.format(parts.join("\n\n"), { parser: "markdown", printWidth: 110 });
}

/** Whether the server's table says the same of a variable. */
function isShared({ variable, help, ...setting }: Setting): boolean {
  const same = Object.values<Setting>(SETTINGS).find((other) => other.variable === variable);
  return (
    same !== undefined &&
    same.help === help &&
    shownDefault(same) === shownDefault({ variable, help, ...setting })
  );
}

function serverTable(settings: SettingsTable): string {
  return table(
    ["variable", "flag", "default", "what it is"],
    Object.values(settings).map((setting) => [
      `\`${setting.variable}\``,
      setting.secret ? "none" : `\`${flagOf(setting)}\``,
      shownDefault(setting),
      capitalised(setting.help),
    ]),
  );
}

/** Every setting of the program, by section; those that stand alone come first. */
export function programSections(): ProgramSection[] {
  const top = Object.entries(settingsSchema.shape as unknown as Record<string, Schema>);
  const alone = top.filter(([, schema]) => bare(schema).def.shape === undefined);
  const groups = top.filter(([, schema]) => bare(schema).def.shape !== undefined);
  return [
    {
      name: "The stack",
      description: "What is shipped where.",
      settings: alone.flatMap(([key, schema]) => settingsOf(key, schema)),
      rules: rulesOf("", settingsSchema as unknown as Schema),
    },
    ...groups.map(([key, schema]) => ({
      name: `\`${key}\``,
      description: descriptionOf(schema),
      settings: settingsOf(key, schema),
      rules: rulesOf(key, schema),
    })),
  ];
}

function sectionText({ name, description, settings, rules }: ProgramSection): string {
  const rows = settings.map(({ key, allowed, byDefault, description: what }) => [
    `\`${key}\``,
    allowed,
    byDefault,
    what,
  ]);
  const parts = [`### ${name}`, description, table(["key", "takes", "default", "what it is"], rows)];
  return [...parts, ...(rules.length > 0 ? [rules.map((rule) => `- ${rule}`).join("\n")] : [])].join("\n\n");
}

function settingsOf(key: string, schema: Schema): ProgramSetting[] {
  const { shape } = bare(schema).def;
  if (shape !== undefined) {
    return Object.entries(shape).flatMap(([name, inner]) => settingsOf(`${key}.${name}`, inner));
  }
  return [
    { key, allowed: allowed(schema), byDefault: defaultOf(schema), description: descriptionOf(schema) },
  ];
}

/** What must hold between the settings of a section. */
function rulesOf(key: string, schema: Schema): string[] {
  const inner = bare(schema);
  const rules = (inner.def.checks ?? []).flatMap(({ _zod: { def } }) => {
    const reason = messageOf(def);
    const at = [key, ...(def.path ?? [])].filter((part) => part !== "").join(".");
    return reason === undefined ? [] : [`\`${at}\` ${reason}.`];
  });
  const below = Object.entries(inner.def.shape ?? {}).filter(([, { def }]) => def.type !== "object");
  return key === ""
    ? rules
    : [
        ...rules,
        ...below.flatMap(([name, part]) => (bare(part).def.shape ? rulesOf(`${key}.${name}`, part) : [])),
      ];
}

/** Without what makes it optional. */
function bare(schema: Schema): Schema {
  return schema.def.innerType === undefined ? schema : bare(schema.def.innerType);
}

function descriptionOf(schema: Schema): string {
  const { description, def } = schema;
  return description ?? (def.innerType === undefined ? "" : descriptionOf(def.innerType));
}

function defaultOf({ def }: Schema): string {
  if (def.defaultValue === undefined) {
    return def.innerType === undefined ? "" : defaultOf(def.innerType);
  }
  const value = def.defaultValue;
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

/** What a setting takes, in words. */
function allowed(schema: Schema): string {
  const { def } = bare(schema);
  const reasons = [messageOf(def), ...(def.checks ?? []).map(({ _zod }) => messageOf(_zod.def))];
  const known = [...new Set(reasons.filter((reason) => reason !== undefined))];
  if (known.length > 0) {
    const kind =
      def.type === "array" ? "list; " : known[0]?.startsWith("must be ") === true ? "" : `${nameOf(def)}; `;
    return kind + known.map((reason) => reason.replace(/^must be /, "")).join("; ");
  }
  switch (def.type) {
    case "enum":
      return alternatives(Object.values(def.entries ?? {}));
    case "literal":
      return alternatives((def.values ?? []).map(String));
    case "boolean":
      return "`true` or `false`";
    case "number":
      return `${def.format === "safeint" ? "whole number" : "number"}${bounds(def.checks ?? [])}`;
    case "array":
      return `list of: ${def.element === undefined ? "anything" : allowed(def.element)}`;
    case "record":
      return "names and values";
    default:
      return nameOf(def);
  }
}

/** What a text or the like is, by its format. */
function nameOf({ type, format }: Schema["def"]): string {
  const formats: Readonly<Record<string, string>> = { url: "URL", cidrv4: "CIDR block" };
  return formats[format ?? ""] ?? (type === "string" ? "text" : type);
}

function bounds(checks: readonly Check[]): string {
  const find = (check: string) => checks.find(({ _zod }) => _zod.def.check === check)?._zod.def;
  const [least, most] = [find("greater_than"), find("less_than")];
  if (least?.inclusive === true && most?.inclusive === true) {
    return `, ${least.value} to ${most.value}`;
  }
  const low = least && `, ${least.inclusive === true ? "at least" : "above"} ${least.value}`;
  const high = most && `, ${most.inclusive === true ? "at most" : "below"} ${most.value}`;
  return `${low ?? ""}${high ?? ""}`;
}

/** The reason that a schema or a check gives by itself. */
function messageOf({ error }: { readonly error?: (issue: unknown) => unknown }): string | undefined {
  const message = error?.({});
  return typeof message === "string" ? message : undefined;
}

function alternatives(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
