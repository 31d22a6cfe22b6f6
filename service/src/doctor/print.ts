import Table from "cli-table3";
import type { ModelConfig } from "../models/model-config.js";
import { shown } from "../models/names.js";
import { shapeText } from "../tensors/shape.js";
import type { TensorSpec } from "../tensors/tensor.js";
import type { Place } from "../inference/engine/loading/open-sessions.js";
import type { ModelReport } from "./examine.js";
import type { VersionReport } from "./examine-version.js";
import type { GraphFacts } from "./graph-facts.js";

/** A report as text for a terminal. */
export function printReport(report: ModelReport): string {
  return [
    `Model '${shown(report.name)}'`,
    ...report.problems.map(problemLine),
    ...report.versions.flatMap(printVersion),
    suggestionOf(report),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function printVersion(version: VersionReport): string[] {
  const { graph, runs } = version;
  return [
    `\nVersion ${shown(version.version)}, ${megabytes(version.bytes)}`,
    ...version.problems.map(problemLine),
    ...version.warnings.map((warning) => `  warning: ${warning}`),
    ...(graph ? [`  ${graph.producer && `made by ${graph.producer}, `}operator sets ${graph.opsets}`] : []),
    ...(graph ? [`  ${parametersOf(graph)}${operatorsOf(graph.operators)}`] : []),
    ...(graph && graph.externalFiles.length > 0 ? [`  weights in ${graph.externalFiles.join(", ")}`] : []),
    ...(version.place ? [tensorTable(version), ...servingLines(version, version.place)] : []),
    ...(runs.length > 0 ? [latencyTable(version)] : []),
    ...version.notes.map((note) => `  note: ${note}`),
  ];
}

function problemLine(problem: string): string {
  return `  problem: ${problem}`;
}

/** Trees and the like keep their numbers elsewhere. */
function parametersOf({ parameters }: GraphFacts): string {
  return parameters > 0 ? `${parameters.toLocaleString("en")} parameters, ` : "";
}

function operatorsOf(operators: readonly (readonly [string, number])[]): string {
  return operators.map(([operator, count]) => (count === 1 ? operator : `${count} ${operator}`)).join(", ");
}

function tensorTable({ inputs, outputs, leftOut, batched }: VersionReport): string {
  const table = new Table({ head: ["", "name", "datatype", "shape"], style: PLAIN });
  const row = (kind: string) => (spec: TensorSpec) => [
    kind,
    spec.name,
    spec.datatype,
    shapeOf(spec, batched),
  ];
  table.push(...inputs.map(row("input")), ...outputs.map(row("output")));
  table.push(...leftOut.map((name) => ["left out", name, "no tensor", ""]));
  return table.toString();
}

function shapeOf({ shape, unranked, default: preset }: TensorSpec, batched: boolean): string {
  if (unranked) {
    return "any";
  }
  if (preset) {
    return `${shapeText(preset.shape)}, may be left out`;
  }
  const names = shape.map((size, index) =>
    index === 0 && batched ? "rows" : size === -1 ? "any" : String(size),
  );
  return `[${names.join(", ")}]`;
}

const PLACES: Readonly<Record<Place["where"], string>> = {
  "event loop": "on the event loop's thread, for no run can be long",
  thread: "on a thread of its own",
  process: "in a process of its own",
};

function servingLines(version: VersionReport, { where, reason }: Place): string[] {
  const { unbounded } = version;
  const [example] = unbounded;
  return [
    `  would be served ${howJoined(version)}`,
    `  would run ${PLACES[where]}${reason && `: ${reason}`}`,
    ...(example === undefined
      ? []
      : [
          `  of any length: ${unbounded.join(", ")}; bound them in config.json, as in "dimensions": {"${example}": 512}, so that memory and time have a limit`,
        ]),
  ];
}

function latencyTable({ runs }: VersionReport): string {
  const table = new Table({ head: ["rows", "ms a run", "rows a second"], style: PLAIN });
  for (const { rows, milliseconds } of runs) {
    table.push([
      rows,
      milliseconds.toFixed(3),
      Math.round((rows / milliseconds) * 1000).toLocaleString("en"),
    ]);
  }
  return table.toString();
}

/** Of the newest version that could be tried. */
function suggestionOf({ versions }: ModelReport): string {
  const suggestion = versions.findLast((version) => version.suggestion !== undefined)?.suggestion;
  return suggestion ? `\nA config.json to start from:\n${printConfig(suggestion)}` : "";
}

function howJoined({ batched, maxRows, apart }: VersionReport): string {
  if (!batched) {
    return `request by request${apart && `: ${apart}`}`;
  }
  return maxRows === 1 ? "row by row" : `in batches of up to ${maxRows} rows`;
}

/** JSON with a line for each field, but lists of labels on one. */
function printConfig(config: ModelConfig): string {
  return JSON.stringify(config, null, 2).replace(
    /\[\n\s+([^[\]{}]*?)\n\s+\]/g,
    (_, list: string) => `[${list.replace(/\n\s+/g, " ")}]`,
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e6 ? 3 : 1)} MB`;
}

/** No colours: the output goes into files and pull requests too. */
const PLAIN = { head: [], border: [] };
