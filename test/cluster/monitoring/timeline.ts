import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import type { Series } from "./prometheus.js";

/** One curve of a chart. */
export interface Curve {
  readonly name: string;
  readonly series: readonly Series[];
}

export interface Chart {
  readonly title: string;
  readonly curves: readonly Curve[];
  /** A value to compare with, drawn as a dashed line. */
  readonly limit?: { readonly name: string; readonly value: number };
}

/** Draws charts one below another over the same seconds since `start` (Unix time), as SVG. */
export async function timeline(charts: readonly Chart[], start: number): Promise<string> {
  const ends = charts.flatMap(({ curves }) => curves.flatMap(({ series }) => series.flatMap(times)));
  const domain = [Math.min(...ends) - start, Math.max(...ends) - start];
  const spec = {
    background: "white",
    config: { font: "sans-serif", view: { stroke: null } },
    resolve: { scale: { color: "independent" } },
    vconcat: charts.map((chart) => panel(chart, start, domain)),
  } as TopLevelSpec;
  return new vega.View(vega.parse(compile(spec).spec), { renderer: "none" }).toSVG();
}

function times({ samples }: Series): number[] {
  return samples.map(([time]) => time);
}

function panel({ title, curves, limit }: Chart, start: number, domain: readonly number[]): object {
  const values = curves.flatMap(({ name, series }) =>
    series.flatMap(({ samples }, index) =>
      samples.map(([time, value]) => ({ name, line: `${name}${index}`, seconds: time - start, value })),
    ),
  );
  const x = {
    field: "seconds",
    type: "quantitative",
    title: "seconds",
    scale: { domain, nice: false },
    axis: { grid: false },
  };
  const y = { field: "value", type: "quantitative", title: null };
  const color = { field: "name", type: "nominal", title: null, sort: null };
  const curve = {
    data: { values },
    mark: { type: "line", interpolate: "step-after", strokeWidth: 1.8 },
    encoding: { x, y, color, detail: { field: "line" } },
  };
  return {
    title: { text: title, anchor: "start", fontSize: 12 },
    width: 720,
    height: 110,
    layer: limit === undefined ? [curve] : [curve, ...dashed(limit)],
  };
}

function dashed({ name, value }: { name: string; value: number }): object[] {
  const y = { datum: value };
  const data = { values: [{}] };
  return [
    { data, mark: { type: "rule", strokeDash: [5, 4], color: "#888" }, encoding: { y } },
    {
      data,
      mark: { type: "text", align: "left", baseline: "bottom", color: "#666", text: name, x: 4 },
      encoding: { y },
    },
  ];
}
