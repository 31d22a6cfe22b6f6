import * as common from "@grafana/grafana-foundation-sdk/common";
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import * as prometheus from "@grafana/grafana-foundation-sdk/prometheus";
import * as stat from "@grafana/grafana-foundation-sdk/stat";
import * as timeseries from "@grafana/grafana-foundation-sdk/timeseries";
import { DATASOURCE } from "./variables.js";

/** A query and the name of its series in the legend. */
export interface Series {
  readonly expr: string;
  readonly legend: string;
}

interface PanelOptions {
  readonly title: string;
  /** What the panel answers, and what a reader should do with it. */
  readonly description: string;
  /** A unit of Grafana: `s`, `bytes`, `percentunit`, `reqps`, `short`. */
  readonly unit: string;
}

/** How a graph is drawn beside its unit. */
interface GraphOptions extends PanelOptions {
  /** What the axis reaches at least, in the unit: without it a line of zeros has an axis up to 100. */
  readonly reach?: number;
  /** Colours of Grafana by what a legend begins with, for series that mean something good or bad. */
  readonly colours?: Readonly<Record<string, string>>;
  /** Legends of series that others are held against: dashed, and nothing below them is filled. */
  readonly bounds?: readonly string[];
  /** The legend of a series that has an axis of its own on the right. */
  readonly onTheRight?: string;
}

/** What an axis reaches at least where a graph does not say. */
const REACH: Readonly<Record<string, number>> = { s: 0.001, percentunit: 0.01, reqps: 1, short: 1 };

/** Value from which a panel turns yellow or red. */
interface Limits {
  readonly yellow?: number;
  readonly red: number;
  /** The panel is bad below the limits instead of above them. */
  readonly below?: boolean;
}

const PANEL_HEIGHT = 7;
const GRID_COLUMNS = 24;

/** Series over time, three panels to a row. */
export function graph(options: GraphOptions, series: readonly Series[]): timeseries.PanelBuilder {
  const panel = new timeseries.PanelBuilder()
    .title(options.title)
    .description(options.description)
    .unit(options.unit)
    .datasource(DATASOURCE)
    .height(PANEL_HEIGHT)
    .span(GRID_COLUMNS / 3)
    .min(0)
    .fillOpacity(8)
    .showPoints(common.VisibilityMode.Never)
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi))
    .targets(series.map(query));
  const reach = options.reach ?? REACH[options.unit];
  for (const [start, fixedColor] of Object.entries(options.colours ?? {})) {
    panel.overrideByRegexp(`/^${start}/`, [{ id: "color", value: { mode: "fixed", fixedColor } }]);
  }
  for (const legend of options.bounds ?? []) {
    panel.overrideByName(legend, [
      { id: "custom.fillOpacity", value: 0 },
      { id: "custom.lineStyle", value: { fill: "dash", dash: [8, 8] } },
    ]);
  }
  if (options.onTheRight !== undefined) {
    panel.overrideByName(options.onTheRight, [{ id: "custom.axisPlacement", value: "right" }]);
  }
  return reach === undefined ? panel : panel.axisSoftMax(reach);
}

/** The present value of every series, coloured by `limits`, `perRow` panels to a row. */
export function figure(
  options: PanelOptions,
  series: Series,
  perRow: number,
  limits?: Limits,
): stat.PanelBuilder {
  return new stat.PanelBuilder()
    .title(options.title)
    .description(options.description)
    .unit(options.unit)
    .datasource(DATASOURCE)
    .height(4)
    .span(GRID_COLUMNS / perRow)
    .colorMode(common.BigValueColorMode.Value)
    .graphMode(common.BigValueGraphMode.None)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
    .thresholds(thresholds(limits))
    .targets([query(series, 0).instant()]);
}

/** Panels under one question. */
export interface Row {
  readonly title: string;
  readonly panels: readonly (timeseries.PanelBuilder | stat.PanelBuilder)[];
}

/** Puts rows of panels onto a dashboard, each panel with an identifier that links may name. */
export function addRows(
  builder: dashboard.DashboardBuilder,
  rows: readonly Row[],
): dashboard.DashboardBuilder {
  let id = 0;
  for (const { title, panels } of rows) {
    builder.withRow(new dashboard.RowBuilder(title).id(++id));
    for (const panel of panels) {
      builder.withPanel(panel.id(++id));
    }
  }
  return builder;
}

function query({ expr, legend }: Series, index: number): prometheus.DataqueryBuilder {
  return new prometheus.DataqueryBuilder()
    .refId(String.fromCharCode("A".charCodeAt(0) + index))
    .datasource(DATASOURCE)
    .expr(expr)
    .legendFormat(legend)
    .range();
}

function thresholds(limits?: Limits): dashboard.ThresholdsConfigBuilder {
  return new dashboard.ThresholdsConfigBuilder()
    .mode(dashboard.ThresholdsMode.Absolute)
    .steps(limits === undefined ? [{ color: "blue", value: null }] : steps(limits));
}

function steps({ yellow, red, below = false }: Limits): dashboard.Threshold[] {
  const middle = yellow ?? red;
  return below
    ? [
        { color: "red", value: null },
        { color: "yellow", value: red },
        { color: "green", value: middle },
      ]
    : [
        { color: "green", value: null },
        { color: "yellow", value: middle },
        { color: "red", value: red },
      ];
}
