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

/** When the load ran, Unix seconds. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

const WIDTH = 720;

/** Draws charts one below another over the same seconds, counted from the load's start, as SVG. */
export async function timeline(charts: readonly Chart[], load: Interval): Promise<string> {
  const ends = charts.flatMap(({ curves }) => curves.flatMap(({ series }) => series.flatMap(times)));
  const domain = [Math.min(...ends) - load.start, Math.max(...ends) - load.start];
  const spec = {
    background: "white",
    config: { font: "sans-serif", view: { stroke: null } },
    padding: 8,
    resolve: { scale: { color: "independent" } },
    vconcat: charts.map((chart) => panel(chart, load, domain)),
  } as TopLevelSpec;
  return new vega.View(vega.parse(compile(spec).spec), { renderer: "none" }).toSVG();
}

function times({ samples }: Series): number[] {
  return samples.map(([time]) => time);
}

function panel({ title, curves, limit }: Chart, load: Interval, domain: readonly number[]): object {
  const x = {
    field: "seconds",
    type: "quantitative",
    title: "seconds since the load began (shaded)",
    scale: { domain, nice: false },
    axis: { grid: false, tickCount: 12 },
  };
  return {
    title: { text: title, anchor: "start", frame: "group", fontSize: 12 },
    width: WIDTH,
    height: 110,
    layer: [
      shade(load, x),
      // A later curve is thinner, so that the one that it lies on is still seen.
      ...curves.map((curve, index) => line(curve, 1.5 * (curves.length - index), load.start, x)),
      ...(limit === undefined ? [] : dashed(limit)),
    ],
  };
}

/** Marks the seconds of the load. */
function shade({ start, end }: Interval, x: object): object {
  return {
    data: { values: [{ seconds: 0, until: end - start }] },
    mark: { type: "rect", color: "#f3f0e6" },
    encoding: { x, x2: { field: "until" } },
  };
}

function line({ name, series }: Curve, strokeWidth: number, start: number, x: object): object {
  const values = series.flatMap(({ samples }, line) =>
    samples.map(([time, value]) => ({ name, line, seconds: time - start, value })),
  );
  return {
    data: { values },
    mark: { type: "line", interpolate: "step-after", strokeWidth },
    encoding: {
      x,
      y: { field: "value", type: "quantitative", title: null },
      color: { field: "name", type: "nominal", title: null, sort: null },
      detail: { field: "line" },
    },
  };
}

function dashed({ name, value }: { name: string; value: number }): object[] {
  const y = { datum: value };
  const data = { values: [{}] };
  return [
    { data, mark: { type: "rule", strokeDash: [5, 4], color: "#888" }, encoding: { y } },
    {
      data,
      mark: { type: "text", align: "right", baseline: "bottom", color: "#666", text: name, x: WIDTH - 2 },
      encoding: { y },
    },
  ];
}
