import { METRICS } from "@ai-model-service/contract/metrics";
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import { CONCURRENCY_METRIC } from "../adapter-rule.js";
import type { Objectives } from "../alerts/rule-groups.js";
import {
  concurrency,
  errorRatio,
  latencyQuantile,
  ofAutoscaler,
  ofContainers,
  ofPods,
  own,
  requestRate,
  slowRatio,
} from "../queries.js";
import { linkTo, type DashboardNames } from "./links.js";
import { addRows, figure, graph } from "./panels.js";
import { RATE_WINDOW, SELECTED, serviceVariables } from "./variables.js";

function rate(series: string) {
  return `rate(${series}[${RATE_WINDOW}])`;
}
const mine = own(SELECTED);
const podTotals = ofPods(SELECTED);
function autoscaler(name: string, ...matchers: string[]) {
  return `kube_horizontalpodautoscaler_${name}{${ofAutoscaler(SELECTED, ...matchers)}}`;
}

/** Rows that ran: one picture is one row, whatever protocol or batch it came in. */
const predictionRate = `sum(${rate(`${METRICS.inferenceBatchRows}_sum{${mine}}`)})`;
const cpuSeconds = `sum(${rate(`container_cpu_usage_seconds_total{${podTotals}}`)})`;
const memoryBytes = `sum(container_memory_working_set_bytes{${podTotals}})`;

/** One page for an operator: is it up, is it fast, is it right, is it near its limits, what did it cost? */
export function overview(objectives: Objectives, names: DashboardNames): dashboard.DashboardBuilder {
  const builder = new dashboard.DashboardBuilder(names.overview.title)
    .uid(names.overview.uid)
    .tags(["inference"])
    .time({ from: "now-1h", to: "now" })
    .refresh("10s")
    .readonly()
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .variables(serviceVariables(names.owner))
    .link(linkTo(names.models));
  return addRows(builder, [
    { title: "Is it up?", panels: up(objectives) },
    { title: "Is it fast?", panels: fast(objectives) },
    { title: "Is it right?", panels: right() },
    { title: "Is it near its limits?", panels: limits() },
    { title: "What did it cost?", panels: cost() },
  ]);
}

function up({ availability }: Objectives) {
  const ready = `sum by (model, version) (${METRICS.modelReady}{${mine}})`;
  return [
    figure(
      { title: "Pods that answer", description: "Pods whose last scrape succeeded.", unit: "short" },
      { expr: `sum(up{${mine}})`, legend: "now" },
      4,
      { red: 1, yellow: 2, below: true },
    ),
    figure(
      {
        title: "Availability",
        description: `Share of predictions answered in the time shown. The objective is ${availability * 100}%.`,
        unit: "percentunit",
      },
      { expr: `1 - (${errorRatio(SELECTED, "$__range")})`, legend: "now" },
      4,
      { red: availability, below: true },
    ),
    figure(
      { title: "Predictions", description: "Prediction requests per second.", unit: "reqps" },
      { expr: requestRate(SELECTED, RATE_WINDOW), legend: "now" },
      4,
    ),
    figure(
      {
        title: "Model versions that serve",
        description: "Versions that at least one pod serves.",
        unit: "short",
      },
      { expr: `count(${ready} > 0)`, legend: "now" },
      4,
      { red: 1, below: true },
    ),
    graph(
      {
        title: "Requests by status code",
        description: "All routes, probes and scrapes too.",
        unit: "reqps",
      },
      [
        {
          expr: `sum by (code) (${rate(`${METRICS.httpRequestDuration}_count{${mine}}`)})`,
          legend: "{{code}}",
        },
      ],
    ),
    graph(
      { title: "Pods by model version", description: "Pods in which a version is ready.", unit: "short" },
      [{ expr: ready, legend: "{{model}} {{version}}" }],
    ),
    graph({ title: "Restarts", description: "Containers that ended, per hour.", unit: "short" }, [
      {
        expr: `sum by (pod) (increase(kube_pod_container_status_restarts_total{${ofContainers(SELECTED)}}[1h]))`,
        legend: "{{pod}}",
      },
    ]),
  ];
}

function fast({ latency, latencySeconds }: Objectives) {
  const mean = (histogram: string) =>
    `sum(${rate(`${histogram}_sum{${mine}}`)}) / sum(${rate(`${histogram}_count{${mine}}`)})`;
  return [
    graph(
      {
        title: "Latency of predictions",
        description: "From a request's first byte to the answer's last, successful ones.",
        unit: "s",
      },
      [0.5, 0.95, 0.99].map((quantile) => ({
        expr: latencyQuantile(SELECTED, quantile, RATE_WINDOW),
        legend: `p${quantile * 100}`,
      })),
    ),
    graph(
      {
        title: `Slower than ${latencySeconds} s`,
        description: `Share of successful predictions; the objective allows ${Number(((1 - latency) * 100).toPrecision(6))}%.`,
        unit: "percentunit",
      },
      [{ expr: slowRatio(SELECTED, latencySeconds, RATE_WINDOW), legend: "slower" }],
    ),
    graph(
      {
        title: "Where the time goes",
        description: "Mean time until a batch runs, and mean time of a run.",
        unit: "s",
      },
      [
        { expr: mean(METRICS.inferenceQueueDuration), legend: "waiting" },
        { expr: mean(METRICS.inferenceComputeDuration), legend: "computing" },
      ],
    ),
  ];
}

function right() {
  const confidence = `${METRICS.predictionConfidence}`;
  return [
    graph(
      { title: "Requests by outcome", description: "What became of inference requests.", unit: "reqps" },
      [
        {
          expr: `sum by (outcome) (${rate(`${METRICS.inferenceRequests}{${mine}}`)})`,
          legend: "{{outcome}}",
        },
      ],
    ),
    graph(
      {
        title: "Refused at admission",
        description: "Why requests were turned away before they waited.",
        unit: "reqps",
      },
      [
        {
          expr: `sum by (reason) (${rate(`${METRICS.inferenceRejections}{${mine}}`)})`,
          legend: "{{reason}}",
        },
      ],
    ),
    graph(
      {
        title: "Confidence",
        description: "Mean of the highest probability of a prediction; drift is on the models' dashboard.",
        unit: "percentunit",
      },
      [
        {
          expr: `sum by (model, version) (${rate(`${confidence}_sum{${mine}}`)}) / sum by (model, version) (${rate(`${confidence}_count{${mine}}`)})`,
          legend: "{{model}} {{version}}",
        },
      ],
    ),
  ];
}

function limits() {
  const perPod = (used: string, limit: string) => `sum by (pod) (${used}) / sum by (pod) (${limit})`;
  const limitOf = (resource: string) =>
    `kube_pod_container_resource_limits{${ofContainers(SELECTED, `resource="${resource}"`)}}`;
  return [
    graph(
      {
        title: "Replicas",
        description: "What the autoscaler wants and has, between its bounds.",
        unit: "short",
      },
      [
        { expr: autoscaler("status_current_replicas"), legend: "current" },
        { expr: autoscaler("status_desired_replicas"), legend: "desired" },
        { expr: autoscaler("spec_min_replicas"), legend: "minimum" },
        { expr: autoscaler("spec_max_replicas"), legend: "maximum" },
      ],
    ),
    graph(
      {
        title: "Requests in each pod",
        description: "Taken and not answered: the signal that the autoscaler follows, and its target.",
        unit: "short",
      },
      [
        { expr: concurrency(mine, "pod", RATE_WINDOW), legend: "{{pod}}" },
        {
          expr: autoscaler(
            "spec_target_metric",
            `metric_name="${CONCURRENCY_METRIC}"`,
            'metric_target_type="average"',
          ),
          legend: "target",
        },
      ],
    ),
    graph(
      {
        title: "Saturation of the queue",
        description: "Of the fullest model, 100% is where requests are refused.",
        unit: "percentunit",
      },
      [{ expr: `max by (pod) (${METRICS.inferenceSaturation}{${mine}})`, legend: "{{pod}}" }],
    ),
    graph({ title: "CPU", description: "Of the container's limit.", unit: "percentunit" }, [
      {
        expr: perPod(rate(`container_cpu_usage_seconds_total{${podTotals}}`), limitOf("cpu")),
        legend: "{{pod}}",
      },
    ]),
    graph({ title: "Memory", description: "Working set of the container's limit.", unit: "percentunit" }, [
      {
        expr: perPod(`container_memory_working_set_bytes{${podTotals}}`, limitOf("memory")),
        legend: "{{pod}}",
      },
    ]),
    graph(
      {
        title: "Held back by the CPU limit",
        description: "Share of scheduling periods in which the container was stopped.",
        unit: "percentunit",
      },
      [
        {
          expr: perPod(
            rate(`container_cpu_cfs_throttled_periods_total{${podTotals}}`),
            rate(`container_cpu_cfs_periods_total{${podTotals}}`),
          ),
          legend: "{{pod}}",
        },
      ],
    ),
  ];
}

function cost() {
  return [
    graph(
      {
        title: "CPU per thousand predictions",
        description: "CPU seconds of all pods, idle ones too, for a thousand rows that ran.",
        unit: "s",
      },
      [{ expr: `1000 * ${cpuSeconds} / ${predictionRate}`, legend: "CPU seconds" }],
    ),
    graph(
      {
        title: "Memory per thousand predictions",
        description:
          "Bytes held times seconds, for a thousand rows that ran: 1 GB held for 2 s is 2 GB here.",
        unit: "decbytes",
      },
      [{ expr: `1000 * ${memoryBytes} / ${predictionRate}`, legend: "byte seconds" }],
    ),
    graph({ title: "CPU and rows", description: "Cores in use, and rows per second.", unit: "short" }, [
      { expr: cpuSeconds, legend: "cores" },
      { expr: predictionRate, legend: "rows per second" },
    ]),
  ];
}
