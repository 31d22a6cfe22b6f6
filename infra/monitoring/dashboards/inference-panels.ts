import { METRICS } from "@ai-model-service/contract/metrics";

import { CONCURRENCY_METRIC } from "../adapter-rule.js";
import { concurrency } from "../inference-queries.js";
import { own } from "../queries.js";
import { figure, graph } from "./panels.js";
import { autoscaler, CPU_SECONDS, MEMORY_BYTES, rate } from "./service-panels.js";
import { RATE_WINDOW, SELECTED } from "./variables.js";

/** The panels of the overview that only the inference service has: its models, its queue and what a prediction costs. */

const mine = own(SELECTED);
const ready = `sum by (model, version) (${METRICS.modelReady}{${mine}})`;

/** Rows that ran: one picture is one row, whatever protocol or batch it came in. */
const predictionRate = `sum(${rate(`${METRICS.inferenceBatchRows}_sum{${mine}}`)})`;

export function servingVersions() {
  return figure(
    {
      title: "Model versions that serve",
      description: "Versions that at least one pod serves.",
      unit: "short",
    },
    { expr: `count(${ready} > 0)`, legend: "now" },
    4,
    { red: 1, below: true },
  );
}

export function podsByVersion() {
  return graph(
    { title: "Pods by model version", description: "Pods in which a version is ready.", unit: "short" },
    [{ expr: ready, legend: "{{model}} {{version}}" }],
  );
}

export function whereTheTimeGoes() {
  const mean = (histogram: string) =>
    `sum(${rate(`${histogram}_sum{${mine}}`)}) / sum(${rate(`${histogram}_count{${mine}}`)})`;
  return graph(
    {
      title: "Where the time goes",
      description: "Mean time until a batch runs, and mean time of a run.",
      unit: "s",
    },
    [
      { expr: mean(METRICS.inferenceQueueDuration), legend: "waiting" },
      { expr: mean(METRICS.inferenceComputeDuration), legend: "computing" },
    ],
  );
}

export function outcomes() {
  return graph(
    {
      title: "Requests by outcome",
      description: "What became of inference requests.",
      unit: "reqps",
      colours: {
        success: "green",
        client_error: "yellow",
        cancelled: "blue",
        rejected: "orange",
        deadline: "purple",
        server_error: "red",
      },
    },
    [
      {
        expr: `sum by (outcome) (${rate(`${METRICS.inferenceRequests}{${mine}}`)})`,
        legend: "{{outcome}}",
      },
    ],
  );
}

export function refusals() {
  return graph(
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
  );
}

export function confidence() {
  const total = (series: "sum" | "count") =>
    `sum by (model, version) (${rate(`${METRICS.predictionConfidence}_${series}{${mine}}`)})`;
  return graph(
    {
      title: "Confidence",
      description: "Mean of the highest probability of a prediction; drift is on the models' dashboard.",
      unit: "percentunit",
      reach: 1,
    },
    [{ expr: `${total("sum")} / ${total("count")}`, legend: "{{model}} {{version}}" }],
  );
}

export function requestsInPods() {
  return graph(
    {
      title: "Requests in each pod",
      description: "Taken and not answered: the signal that the autoscaler follows, and its target.",
      unit: "short",
      bounds: ["target"],
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
  );
}

export function queueSaturation() {
  return graph(
    {
      title: "Saturation of the queue",
      description: "Of the fullest model, 100% is where requests are refused.",
      unit: "percentunit",
      reach: 1,
    },
    [{ expr: `max by (pod) (${METRICS.inferenceSaturation}{${mine}})`, legend: "{{pod}}" }],
  );
}

export function cpuOfPredictions() {
  return graph(
    {
      title: "CPU per thousand predictions",
      description: "CPU seconds of all pods, idle ones too, for a thousand rows that ran.",
      unit: "s",
    },
    [{ expr: `1000 * sum(${rate(CPU_SECONDS)}) / ${predictionRate}`, legend: "CPU seconds" }],
  );
}

export function memoryOfPredictions() {
  return graph(
    {
      title: "Memory per thousand predictions",
      description: "Bytes held times seconds, for a thousand rows that ran: 1 GB held for 2 s is 2 GB here.",
      unit: "decbytes",
    },
    [{ expr: `1000 * sum(${MEMORY_BYTES}) / ${predictionRate}`, legend: "byte seconds" }],
  );
}

export function coresAndRows() {
  return graph(
    {
      title: "CPU and rows",
      description: "Rows per second, and on the right the cores in use.",
      unit: "short",
      onTheRight: "cores",
    },
    [
      { expr: predictionRate, legend: "rows per second" },
      { expr: `sum(${rate(CPU_SECONDS)})`, legend: "cores" },
    ],
  );
}
