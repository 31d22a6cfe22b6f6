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
      summary: `${watched.job} fails or refuses predictions faster than its objective allows.`,
      labels,
    },
    {
      alert: `${kind}LatencyBurn`,
      record: `${record}_slow`,
      budget: 1 - objectives.latency,
      badRatio: (window) => slowRatio(watched, objectives.latencySeconds, window),
      summary: `${watched.job} takes longer than ${objectives.latencySeconds} s for more predictions than its objective allows.`,
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
    summary: `No pod of ${watched.job} answers Prometheus.`,
    description: "Every scrape of the service fails, or it has no pods.",
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
    summary: "{{ $labels.horizontalpodautoscaler }} cannot scale out any further.",
    description:
      "It has wanted its maximum of {{ $value }} replicas for a while; more load will not be carried.",
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
    summary: "{{ $labels.horizontalpodautoscaler }} lacks a metric that it should follow.",
    description: "It follows what is left; with nothing left it keeps the present number of replicas.",
  };
}

function podRestarted(kind: string, watched: Watched): Alert {
  const restarts = `kube_pod_container_status_restarts_total{${ofContainers(watched)}}`;
  return {
    name: `${kind}PodRestarted`,
    expr: `sum by (namespace, pod, container) (increase(${restarts}[15m])) > 0`,
    severity: "warning",
    summary: "{{ $labels.pod }} restarted.",
    description: "Its container ended {{ $value | humanize }} times in 15 minutes.",
  };
}
