import { METRICS } from "@ai-model-service/contract/metrics";

import type { Objectives } from "../alerts/service-alerts.js";
import {
  errorRatio,
  latencyQuantile,
  ofAutoscaler,
  ofContainers,
  ofPods,
  own,
  requestRate,
  slowRatio,
} from "../queries.js";
import { figure, graph } from "./panels.js";
import { RATE_WINDOW, SELECTED } from "./variables.js";

/** The panels of any service that a dashboard's variables select. `noun` is what a request asks for: `prediction`. */

/** The rate of a counter's series over Grafana's interval. */
export function rate(series: string): string {
  return `rate(${series}[${RATE_WINDOW}])`;
}

/** A series of the selected service's autoscaler. */
export function autoscaler(name: string, ...matchers: string[]): string {
  return `kube_horizontalpodautoscaler_${name}{${ofAutoscaler(SELECTED, ...matchers)}}`;
}

const podTotals = ofPods(SELECTED);

/** CPU seconds that the selected service's pods use per second. */
export const CPU_SECONDS = `container_cpu_usage_seconds_total{${podTotals}}`;

/** Bytes that the selected service's pods hold. */
export const MEMORY_BYTES = `container_memory_working_set_bytes{${podTotals}}`;

export function podsThatAnswer() {
  return figure(
    { title: "Pods that answer", description: "Pods whose last scrape succeeded.", unit: "short" },
    { expr: `sum(up{${own(SELECTED)}})`, legend: "now" },
    4,
    { red: 1, yellow: 2, below: true },
  );
}

export function availability(noun: string, objectives: Objectives) {
  return figure(
    {
      title: "Availability",
      description: `Share of ${noun}s answered in the time shown. The objective is ${objectives.availability * 100}%.`,
      unit: "percentunit",
    },
    { expr: `1 - (${errorRatio(SELECTED, "$__range")})`, legend: "now" },
    4,
    { red: objectives.availability, below: true },
  );
}

export function requestsPerSecond(noun: string) {
  const capital = noun.charAt(0).toUpperCase() + noun.slice(1);
  return figure(
    { title: `${capital}s`, description: `${capital} requests per second.`, unit: "reqps" },
    { expr: requestRate(SELECTED, RATE_WINDOW), legend: "now" },
    4,
  );
}

export function requestsByStatus() {
  const count = `${METRICS.httpRequestDuration}_count{${own(SELECTED)}}`;
  return graph(
    {
      title: "Requests by status code",
      description: "All routes, probes and scrapes too.",
      unit: "reqps",
      colours: { 2: "green", 3: "blue", 4: "yellow", 5: "red" },
    },
    [{ expr: `sum by (code) (${rate(count)})`, legend: "{{code}}" }],
  );
}

export function restarts() {
  const total = `kube_pod_container_status_restarts_total{${ofContainers(SELECTED)}}`;
  return graph({ title: "Restarts", description: "Containers that ended, per hour.", unit: "short" }, [
    { expr: `sum by (pod) (increase(${total}[1h]))`, legend: "{{pod}}" },
  ]);
}

export function latency(noun: string) {
  return graph(
    {
      title: `Latency of ${noun}s`,
      description: "From a request's first byte to the answer's last, successful ones.",
      unit: "s",
    },
    [0.5, 0.95, 0.99].map((quantile) => ({
      expr: latencyQuantile(SELECTED, quantile, RATE_WINDOW),
      legend: `p${quantile * 100}`,
    })),
  );
}

export function slowerThanPromised(noun: string, objectives: Objectives) {
  const seconds = objectives.latencySeconds;
  const allowed = Number(((1 - objectives.latency) * 100).toPrecision(6));
  return graph(
    {
      title: `Slower than ${seconds} s`,
      description: `Share of successful ${noun}s; the objective allows ${allowed}%.`,
      unit: "percentunit",
    },
    [{ expr: slowRatio(SELECTED, seconds, RATE_WINDOW), legend: "slower" }],
  );
}

export function replicas() {
  return graph(
    {
      title: "Replicas",
      description: "What the autoscaler wants and has, between its bounds.",
      unit: "short",
      bounds: ["minimum", "maximum"],
    },
    [
      { expr: autoscaler("status_current_replicas"), legend: "current" },
      { expr: autoscaler("status_desired_replicas"), legend: "desired" },
      { expr: autoscaler("spec_min_replicas"), legend: "minimum" },
      { expr: autoscaler("spec_max_replicas"), legend: "maximum" },
    ],
  );
}

export function cpu() {
  return graph({ title: "CPU", description: "Of the container's limit.", unit: "percentunit", reach: 1 }, [
    { expr: perPod(rate(CPU_SECONDS), limitOf("cpu")), legend: "{{pod}}" },
  ]);
}

export function memory() {
  return graph(
    {
      title: "Memory",
      description: "Working set of the container's limit.",
      unit: "percentunit",
      reach: 1,
    },
    [{ expr: perPod(MEMORY_BYTES, limitOf("memory")), legend: "{{pod}}" }],
  );
}

export function throttling() {
  return graph(
    {
      title: "Held back by the CPU limit",
      description: "Share of scheduling periods in which the container was stopped.",
      unit: "percentunit",
      reach: 1,
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
  );
}

function perPod(used: string, limit: string): string {
  return `sum by (pod) (${used}) / sum by (pod) (${limit})`;
}

function limitOf(resource: string): string {
  return `kube_pod_container_resource_limits{${ofContainers(SELECTED, `resource="${resource}"`)}}`;
}
