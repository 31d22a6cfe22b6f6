import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { COMPARED_CONNECTIONS, mainInput } from "./comparison.js";
import { machineText } from "./machine.js";
import { P99_BOUND_SECONDS } from "./open-loop.js";
import { perSecond, type Results } from "./results.js";

interface Bar {
  readonly server: string;
  readonly value: number;
  readonly ours: boolean;
}

function bars(
  { variants }: Results,
  valueOf: (result: Results["variants"][number]) => number | undefined,
): Bar[] {
  return variants.flatMap((result) => {
    const value = valueOf(result);
    const ours = result.kind === "ours";
    return value === undefined ? [] : [{ server: result.title, value: Math.round(value), ours }];
  });
}

function panel(title: string, values: Bar[], order: string[], labelled: boolean): object {
  const y = {
    field: "server",
    type: "nominal",
    sort: order,
    title: null,
    axis: labelled ? { labelLimit: 260 } : null,
  };
  const x = { field: "value", type: "quantitative", title: null, axis: { grid: false, format: "~s" } };
  const color = {
    field: "ours",
    type: "nominal",
    legend: null,
    scale: { domain: [true, false], range: ["#3346d3", "#b9bccb"] },
  };
  return {
    title: { text: title, anchor: "start", fontSize: 12 },
    width: 330,
    height: { step: 27 },
    data: { values },
    encoding: { y, x },
    layer: [
      { mark: { type: "bar", cornerRadiusEnd: 4 }, encoding: { color } },
      {
        mark: { type: "text", align: "left", dx: 5, fontSize: 11 },
        encoding: { text: { field: "value", type: "quantitative", format: ",d" } },
      },
    ],
  };
}

/** The picture's Vega-Lite specification: throughput beside what is carried within the latency bound. */
export function plotSpecification(results: Results): TopLevelSpec {
  const throughput = bars(results, (result) => {
    const input = result.sweep?.input ?? mainInput(result);
    return input && perSecond(result, input, COMPARED_CONNECTIONS);
  });
  const carried = bars(results, (result) => result.sweep?.perSecond);
  const order = [...throughput].sort((a, b) => b.value - a.value).map((bar) => bar.server);
  const specification = {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    background: "white",
    padding: 16,
    title: {
      text: machineText(results.machine),
      anchor: "start",
      fontSize: 11,
      fontWeight: "normal",
      offset: 14,
    },
    hconcat: [
      panel(`Requests per second, ${COMPARED_CONNECTIONS} connections`, throughput, order, true),
      panel(
        `Highest Poisson rate with p99 ≤ ${P99_BOUND_SECONDS * 1000} ms, per second`,
        carried,
        order,
        false,
      ),
    ],
    config: { font: "system-ui, sans-serif", view: { stroke: null }, axis: { domain: false, ticks: false } },
  };
  return specification as TopLevelSpec;
}

/** Draws the results as SVG. */
export async function drawPlot(results: Results): Promise<string> {
  const runtime = vega.parse(compile(plotSpecification(results)).spec);
  return new vega.View(runtime, { renderer: "none" }).toSVG();
}
