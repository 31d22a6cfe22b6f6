import { METRICS } from "@ai-model-service/contract/metrics";
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import { classDrift, confidenceDrift, DRIFT } from "../inference-queries.js";
import { own } from "../queries.js";
import { linkTo, type DashboardNames } from "./links.js";
import { addRows, figure, graph, type Series } from "./panels.js";
import { driftVariables, modelVariables, RATE_WINDOW, SELECTED, serviceVariables } from "./variables.js";

const matchers = own(SELECTED, 'model=~"$model"', 'version=~"$version"');
const LEGEND = "{{model}} {{version}}";
function rate(series: string) {
  return `rate(${series}{${matchers}}[${RATE_WINDOW}])`;
}
function byVersion(operator: string, expr: string): Series {
  return {
    expr: `${operator} by (model, version) (${expr})`,
    legend: LEGEND,
  };
}
function mean(histogram: string): Series {
  return {
    expr: `sum by (model, version) (${rate(`${histogram}_sum`)}) / sum by (model, version) (${rate(`${histogram}_count`)})`,
    legend: LEGEND,
  };
}
function quantile(histogram: string, q: number): Series {
  return {
    expr: `histogram_quantile(${q}, sum by (model, version, le) (${rate(`${histogram}_bucket`)}))`,
    legend: `${LEGEND} p${q * 100}`,
  };
}

/** The versions of a model: what is served, how each performs, and whether its predictions drift. */
export function models(names: DashboardNames): dashboard.DashboardBuilder {
  const builder = new dashboard.DashboardBuilder(names.models.title)
    .uid(names.models.uid)
    .tags(["inference"])
    .time({ from: "now-6h", to: "now" })
    .refresh("30s")
    .readonly()
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .variables([
      ...serviceVariables(names.selecting, names.owner),
      ...modelVariables(),
      ...driftVariables(DRIFT.window, DRIFT.reference),
    ])
    .link(linkTo(names.overview));
  return addRows(builder, [
    { title: "Versions", panels: versions() },
    { title: "Use and speed", panels: speed() },
    { title: "Traffic and shadow", panels: traffic() },
    { title: "Predictions and drift", panels: drift() },
  ]);
}

function versions() {
  return [
    figure(
      { title: "Pods that serve it", description: "By version.", unit: "short" },
      byVersion("sum", `${METRICS.modelReady}{${matchers}}`),
      3,
    ),
    figure(
      {
        title: "Pods that failed to load it",
        description: "Their logs say why; what was served before is still served.",
        unit: "short",
      },
      byVersion("sum", `${METRICS.modelLoadFailed}{${matchers}}`),
      3,
      { red: 1 },
    ),
    figure(
      { title: "Loaded", description: "Last successful load in any pod.", unit: "dateTimeFromNow" },
      byVersion("max", `1000 * ${METRICS.modelLoadTime}{${matchers}}`),
      3,
    ),
    graph({ title: "Time to load", description: "Loading and warming up, slowest pod.", unit: "s" }, [
      byVersion("max", `${METRICS.modelLoadDuration}{${matchers}}`),
    ]),
    graph(
      { title: "Memory", description: "Grown while the version was loaded, largest pod.", unit: "bytes" },
      [byVersion("max", `${METRICS.modelMemory}{${matchers}}`)],
    ),
    graph({ title: "Failed loads", description: "In the hour before.", unit: "short" }, [
      byVersion("sum", `increase(${METRICS.modelLoadFailures}{${matchers}}[1h])`),
    ]),
  ];
}

function speed() {
  return [
    graph({ title: "Requests", description: "By version, all outcomes.", unit: "reqps" }, [
      byVersion("sum", rate(METRICS.inferenceRequests)),
    ]),
    graph({ title: "Time in the server", description: "Waiting plus computing.", unit: "s" }, [
      quantile(METRICS.inferenceDuration, 0.5),
      quantile(METRICS.inferenceDuration, 0.99),
    ]),
    graph({ title: "Time of a run", description: "One batch, mean.", unit: "s" }, [
      mean(METRICS.inferenceComputeDuration),
    ]),
    graph(
      { title: "Rows per batch", description: "Mean; larger batches cost less CPU a row.", unit: "short" },
      [mean(METRICS.inferenceBatchRows)],
    ),
    graph(
      {
        title: "Why batches were closed",
        description:
          "Batches per second. full: as large as allowed; delay: waited long enough; idle: nothing else to do; " +
          "shape: the next request's shape differs; drain: the version is being released.",
        unit: "short",
      },
      [{ expr: `sum by (reason) (${rate(METRICS.inferenceBatches)})`, legend: "{{reason}}" }],
    ),
    graph({ title: "Rows waiting", description: "Of all pods.", unit: "short" }, [
      byVersion("sum", `${METRICS.inferenceQueueRows}{${matchers}}`),
    ]),
  ];
}

function traffic() {
  return [
    graph(
      {
        title: "Traffic by version",
        description: "Requests that name no version. fallback: stable answered in the place of another.",
        unit: "reqps",
      },
      [
        {
          expr: `sum by (model, version, by) (${rate(METRICS.trafficRequests)})`,
          legend: `${LEGEND} {{by}}`,
        },
      ],
    ),
    graph(
      {
        title: "Answered by stable instead",
        description: "Requests that a version failed by its own fault, or was not ready for, by why.",
        unit: "reqps",
      },
      [
        {
          expr: `sum by (model, version, reason) (${rate(METRICS.trafficFallbacks)})`,
          legend: `${LEGEND} {{reason}}`,
        },
      ],
    ),
    graph({ title: "Copies for a shadow", description: "By what came of them.", unit: "reqps" }, [
      {
        expr: `sum by (model, version, outcome) (${rate(METRICS.shadowCopies)})`,
        legend: `${LEGEND} {{outcome}}`,
      },
    ]),
    graph({ title: "Time of a copy", description: "Computing of the shadow.", unit: "s" }, [
      quantile(METRICS.shadowDuration, 0.5),
      quantile(METRICS.shadowDuration, 0.99),
    ]),
    graph(
      {
        title: "Flipped labels",
        description: "Rows to which the shadow gives another label than the answer.",
        unit: "percentunit",
      },
      [
        {
          expr: `sum by (model, version) (${rate(METRICS.shadowFlippedRows)}) / sum by (model, version) (${rate(METRICS.shadowRows)})`,
          legend: LEGEND,
        },
      ],
    ),
    graph(
      {
        title: "Distance of scores",
        description: "Jensen-Shannon distance from the answer's, mean: 0 the same, 1 nothing in common.",
        unit: "percentunit",
      },
      [mean(METRICS.shadowDistance)],
    ),
    graph(
      {
        title: "Difference of outputs",
        description: "Absolute, from the answer's: mean, and the largest since the version was named.",
        unit: "short",
      },
      [
        mean(METRICS.shadowDifference),
        {
          ...byVersion("max", `${METRICS.shadowLargestDifference}{${matchers}}`),
          legend: `${LEGEND} largest`,
        },
      ],
    ),
  ];
}

function drift() {
  return [
    graph(
      {
        title: "Confidence",
        description: "Highest probability of a prediction: median and lowest tenth.",
        unit: "percentunit",
        reach: 1,
      },
      [quantile(METRICS.predictionConfidence, 0.1), quantile(METRICS.predictionConfidence, 0.5)],
    ),
    graph(
      {
        title: "Drift of the confidence",
        description: `Kolmogorov-Smirnov distance between the two times picked above; the alert fires above ${DRIFT.distance}.`,
        unit: "percentunit",
      },
      [{ expr: confidenceDrift(matchers, "$recent", "$reference"), legend: LEGEND }],
    ),
    graph(
      {
        title: "Drift of the classes",
        description: "Population stability index: below 0.1 steady, above 0.25 shifted.",
        unit: "short",
      },
      [{ expr: classDrift(matchers, "$recent", "$reference"), legend: LEGEND }],
    ),
    graph({ title: "Predictions by class", description: "Share of each label.", unit: "percentunit" }, [
      {
        expr: `sum by (label) (${rate(METRICS.predictions)}) / ignoring (label) group_left () sum(${rate(METRICS.predictions)})`,
        legend: "{{label}}",
      },
    ]),
  ];
}
