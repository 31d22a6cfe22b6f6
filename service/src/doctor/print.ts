import Table from "cli-table3";
import type { TensorSpec } from "../tensors/tensor.js";
import type { ModelReport, VersionReport } from "./examine.js";

/** A report as text for a terminal. */
export function printReport(report: ModelReport): string {
  return [
    `Model '${report.name}'`,
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
    `\nVersion ${version.version}, ${megabytes(version.bytes)}`,
    ...version.problems.map(problemLine),
    ...version.warnings.map((warning) => `  warning: ${warning}`),
    ...(graph ? [`  made by ${graph.producer}, operator sets ${graph.opsets}`] : []),
    ...(graph
      ? [`  ${graph.parameters.toLocaleString("en")} parameters, ${operatorsOf(graph.operators)}`]
      : []),
    ...(graph && graph.externalFiles.length > 0 ? [`  weights in ${graph.externalFiles.join(", ")}`] : []),
    ...(version.inputs.length > 0 ? [tensorTable(version), servingLine(version)] : []),
    ...(runs.length > 0 ? [latencyTable(version)] : []),
  ];
}

function problemLine(problem: string): string {
  return `  problem: ${problem}`;
}

function operatorsOf(operators: readonly (readonly [string, number])[]): string {
  return operators.map(([operator, count]) => (count === 1 ? operator : `${count} ${operator}`)).join(", ");
}

function tensorTable({ inputs, outputs, batched }: VersionReport): string {
  const table = new Table({ head: ["", "name", "datatype", "shape"], style: PLAIN });
  const row = (kind: string) => (spec: TensorSpec) => [
    kind,
    spec.name,
    spec.datatype,
    shapeOf(spec, batched),
  ];
  table.push(...inputs.map(row("input")), ...outputs.map(row("output")));
  return table.toString();
}

function shapeOf({ shape }: TensorSpec, batched: boolean): string {
  const names = shape.map((size, index) =>
    index === 0 && batched ? "rows" : size === -1 ? "any" : String(size),
  );
  return `[${names.join(", ")}]`;
}

function servingLine({ batched, threaded }: VersionReport): string {
  const where = threaded ? "on a thread of its own" : "on the event loop's thread";
  return `  would be served ${batched ? "in batches" : "request by request"}, ${where}`;
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
  return suggestion ? `\nA config.json to start from:\n${JSON.stringify(suggestion, null, 2)}` : "";
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e6 ? 3 : 1)} MB`;
}

/** No colours: the output goes into files and pull requests too. */
const PLAIN = { head: [], border: [] };
