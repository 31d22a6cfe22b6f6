import type { Settings } from "../../settings/settings.js";
import { errorRatio, ofAutoscaler, ofContainers, own, slowRatio, type Watched } from "../queries.js";
import type { Alert } from "./alert.js";
import type { BurnObjective } from "./burn-rate.js";

/** What a service promises its clients over 30 days. */
export type Objectives = Settings["monitoring"]["objectives"];

/** A service and what it promises. */
export interface WatchedPromise {
  readonly watched: Watched;
  readonly objectives: Objectives;
}

/** The objectives of any service; `kind` begins their alerts' names: `InferenceAvailabilityBurn`. */
export function serviceObjectives(kind: string, { watched, objectives }: WatchedPromise): BurnObjective[] {
  const record = `job:${kind.toLowerCase()}`;
  const labels = { namespace: watched.namespace, job: watched.job };
  return [
    {
      alert: `${kind}AvailabilityBurn`,
      record: `${record}_errors`,
      budget: 1 - objectives.availability,
      badRatio: (window) => errorRatio(watched, window),
      summary: `Too many requests to ${watched.job} fail or are refused: its availability objective is at risk.`,
      labels,
    },
    {
      alert: `${kind}LatencyBurn`,
      record: `${record}_slow`,
      budget: 1 - objectives.latency,
      badRatio: (window) => slowRatio(watched, objectives.latencySeconds, window),
      summary: `Too many requests to ${watched.job} take longer than ${objectives.latencySeconds} s: its latency objective is at risk.`,
      labels,
    },
  ];
}

/** The alerts of any service beside those of its objectives; `kind` begins their names: `InferenceDown`. */
export function serviceAlerts(kind: string, watched: Watched): Alert[] {
  return [down, autoscalerAtMaximum, autoscalerBlind, podRestarted].map((of) => of(kind, watched));
}

function down(kind: string, watched: Watched): Alert {
  const up = `up{${own(watched)}}`;
  return {
    name: `${kind}Down`,
    expr: `absent(${up}) or sum by (namespace, job) (${up}) == 0`,
    minutes: 5,
    severity: "critical",
    summary: `${watched.job} is down: none of its pods answers Prometheus.`,
    description: "Prometheus cannot scrape any pod of the service, or the service has no pods.",
  };
}

function autoscalerAtMaximum(kind: string, watched: Watched): Alert {
  const series = (name: string) => `kube_horizontalpodautoscaler_${name}{${ofAutoscaler(watched)}}`;
  const on = "on (namespace, horizontalpodautoscaler)";
  const desired = series("status_desired_replicas");
  const maximum = series("spec_max_replicas");
  return {
    name: `${kind}AutoscalerAtMaximum`,
    // Where minimum and maximum are equal the size is fixed on purpose.
    expr: `${desired} >= ${on} ${maximum} and ${on} (${maximum} > ${on} ${series("spec_min_replicas")})`,
    minutes: 15,
    severity: "warning",
    summary:
      "{{ $labels.horizontalpodautoscaler }} has reached its maximum of {{ $value }} replicas and cannot scale out further.",
    description:
      "The autoscaler has asked for the maximum for some time. If the load grows, requests will slow down or be refused.",
  };
}

function autoscalerBlind(kind: string, watched: Watched): Alert {
  const matchers = ofAutoscaler(watched, 'condition="ScalingActive"', 'status="false"');
  const inactive = `kube_horizontalpodautoscaler_status_condition{${matchers}} == 1`;
  // It stays active as long as one metric is left, and then follows that one alone.
  const metrics = (part: string) =>
    `kube_horizontalpodautoscaler_${part}_target_metric{${ofAutoscaler(watched)}}`;
  const missing = `${metrics("spec")} unless on (namespace, horizontalpodautoscaler, metric_name) ${metrics("status")}`;
  return {
    name: `${kind}AutoscalerBlind`,
    expr: `max by (namespace, horizontalpodautoscaler) (${inactive} or ${missing})`,
    minutes: 10,
    severity: "warning",
    summary: "The autoscaler {{ $labels.horizontalpodautoscaler }} cannot read one of its metrics.",
    description:
      "It scales by the metrics that it can still read. If it can read none, it keeps the current number of replicas, whatever the load.",
  };
}

function podRestarted(kind: string, watched: Watched): Alert {
  const restarts = `kube_pod_container_status_restarts_total{${ofContainers(watched)}}`;
  return {
    name: `${kind}PodRestarted`,
    expr: `sum by (namespace, pod, container) (increase(${restarts}[15m])) > 0`,
    severity: "warning",
    summary: "A container of the pod {{ $labels.pod }} restarted.",
    description:
      "The container {{ $labels.container }} ended {{ $value | humanize }} times in the last 15 minutes.",
  };
}
