import { COMPARED_CONNECTIONS, mainInput, type Demand } from "./comparison.js";
import { INPUT_NAMES } from "./inputs.js";
import { machineText } from "./machine.js";
import { P99_BOUND_SECONDS } from "./open-loop.js";
import { closedP99, median, perSecond, type Results, type VariantResult } from "./results.js";

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** A Markdown table whose columns are numbers from the third on. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, column) => (column < 2 ? "---" : "---:"));
  return [row(head), row(rule), ...rows.map(row)].join("\n");
}

export function whole(value: number | undefined): string {
  return value === undefined ? "–" : Math.round(value).toLocaleString("en");
}

export function milliseconds(seconds: number | undefined): string {
  return seconds === undefined ? "–" : (1000 * seconds).toFixed(1);
}

function variantRows(result: VariantResult): string[][] {
  const inputs = INPUT_NAMES.filter((input) => result.closed.some((figure) => figure.input === input));
  if (inputs.length === 0) {
    return [[result.title, result.missing ?? "no figures", "–", "–", "–", "–", "–", "–"]];
  }
  const main = result.sweep?.input ?? mainInput(result);
  const first = median(result.firstPredictionSeconds);
  return inputs.map((input) => [
    result.title,
    input,
    ...[1, 16, 64].map((connections) => whole(perSecond(result, input, connections))),
    milliseconds(closedP99(result, input, COMPARED_CONNECTIONS)),
    input === main ? whole(result.sweep?.perSecond) : "",
    input === main && first !== undefined ? first.toFixed(2) : "",
  ]);
}

/** The table of servers by input. */
export function serverTable({ variants }: Results): string {
  return table(
    [
      "server",
      "input",
      "req/s, 1 connection",
      "16",
      "64",
      "p99 at 16, ms",
      `highest Poisson rate with p99 ≤ ${P99_BOUND_SECONDS * 1000} ms, req/s`,
      "first prediction, s",
    ],
    variants.flatMap(variantRows),
  );
}

function verdict({ reached }: Demand): string {
  return reached === undefined ? "not measured" : reached ? "reached" : "not reached";
}

/** The table of what this service is to reach. */
export function demandTable(demands: readonly Demand[]): string {
  return table(
    ["this service", "wanted", "measured", ""],
    demands.map((demand) => [demand.what, demand.wanted, demand.measured, verdict(demand)]),
  );
}

/** Everything, as Markdown. */
export function report(results: Results, demands: readonly Demand[]): string {
  const { machine, seconds, rounds } = results;
  return [
    `Measured by \`npm run bench\` on ${machineText(machine)}: one run, the same ONNX file, one process and one ` +
      `intra-op thread each, medians of ${rounds} fresh processes, ${seconds} s each.`,
    serverTable(results),
    demandTable(demands),
  ].join("\n\n");
}
