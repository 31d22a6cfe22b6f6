import { METRICS } from "@ai-model-service/contract/metrics";
import { burnAlerts, burnRecordings, type Objective } from "./burn-rate.js";
import {
  confidenceDrift,
  errorRatio,
  ofAutoscaler,
  ofContainers,
  own,
  slowRatio,
  type Watched,
} from "../queries.js";
import type { AlertRule, RuleGroup } from "./rule-group.js";

/** What the service promises its clients over 30 days. */
export interface Objectives {
  /** Share of predictions that are answered, for example 0.999. */
  readonly availability: number;
  /** Share of successful predictions that take no longer than `latencySeconds`, for example 0.99. */
  readonly latency: number;
  /** An edge of the duration histogram's buckets. */
  readonly latencySeconds: number;
}

export interface AlertSettings {
  readonly watched: Watched;
  readonly objectives: Objectives;
  /** Address of the runbooks; an alert appends its own section. */
  readonly runbooks: string;
  /** Factor on how long a condition must hold: 1, or less to rehearse the alerts. */
  readonly patience: number;
}

/** Every rule that watches one service, as the groups of a PrometheusRule. */
export function ruleGroups(settings: AlertSettings): RuleGroup[] {
  const objectives = [availability(settings), latency(settings)];
  return [
    { name: `${settings.watched.job}-objectives`, rules: objectives.flatMap(burnRecordings) },
    {
      name: `${settings.watched.job}-alerts`,
      rules: [
        ...objectives.flatMap(burnAlerts),
        ...[
          down,
          queueSaturated,
          autoscalerAtMaximum,
          autoscalerBlind,
          podRestarted,
          loadFailed,
          drifted,
        ].map((rule) => rule(settings)),
      ],
    },
  ];
}

function runbook({ runbooks }: AlertSettings, alert: string): string {
  return `${runbooks}#${alert.toLowerCase()}`;
}

function holdFor({ patience }: AlertSettings, minutes: number): string {
  return `${Math.round(minutes * 60 * patience)}s`;
}

function availability(settings: AlertSettings): Objective {
  const { watched, objectives } = settings;
  return {
    alert: "InferenceAvailabilityBurn",
    record: "job:inference_errors",
    budget: 1 - objectives.availability,
    badRatio: (window) => errorRatio(watched, window),
    summary: `${watched.job} fails or refuses predictions faster than its objective allows.`,
    labels: { namespace: watched.namespace, job: watched.job },
    runbook: runbook(settings, "InferenceAvailabilityBurn"),
  };
}

function latency(settings: AlertSettings): Objective {
  const { watched, objectives } = settings;
  return {
    alert: "InferenceLatencyBurn",
    record: "job:inference_slow",
    budget: 1 - objectives.latency,
    badRatio: (window) => slowRatio(watched, objectives.latencySeconds, window),
    summary: `${watched.job} takes longer than ${objectives.latencySeconds} s for more predictions than its objective allows.`,
    labels: { namespace: watched.namespace, job: watched.job },
    runbook: runbook(settings, "InferenceLatencyBurn"),
  };
}

function down(settings: AlertSettings): AlertRule {
  const up = `up{${own(settings.watched)}}`;
  return {
    alert: "InferenceDown",
    expr: `absent(${up}) or sum by (namespace, job) (${up}) == 0`,
    for: holdFor(settings, 5),
    labels: { severity: "critical" },
    annotations: {
      summary: `No pod of ${settings.watched.job} answers Prometheus.`,
      description: "Every scrape of the service fails, or it has no pods.",
      runbook_url: runbook(settings, "InferenceDown"),
    },
  };
}

function queueSaturated(settings: AlertSettings): AlertRule {
  const saturation = `avg_over_time(${METRICS.inferenceSaturation}{${own(settings.watched)}}[5m])`;
  return {
    alert: "InferenceQueueSaturated",
    expr: `max by (namespace, job, pod) (${saturation}) > 0.8`,
    for: holdFor(settings, 2),
    labels: { severity: "warning" },
    annotations: {
      summary: "The queue of {{ $labels.pod }} is nearly full.",
      description:
        "{{ $value | humanizePercentage }} of the queue was taken over five minutes; past 100% requests are refused with 503.",
      runbook_url: runbook(settings, "InferenceQueueSaturated"),
    },
  };
}

function autoscalerAtMaximum(settings: AlertSettings): AlertRule {
  const series = (name: string) => `kube_horizontalpodautoscaler_${name}{${ofAutoscaler(settings.watched)}}`;
  const on = "on (namespace, horizontalpodautoscaler)";
  const desired = series("status_desired_replicas");
  const maximum = series("spec_max_replicas");
  return {
    alert: "InferenceAutoscalerAtMaximum",
    // Where minimum and maximum are equal the size is fixed on purpose.
    expr: `${desired} >= ${on} ${maximum} and ${on} (${maximum} > ${on} ${series("spec_min_replicas")})`,
    for: holdFor(settings, 15),
    labels: { severity: "warning" },
    annotations: {
      summary: "{{ $labels.horizontalpodautoscaler }} cannot scale out any further.",
      description:
        "It has wanted its maximum of {{ $value }} replicas for a while; more load will not be carried.",
      runbook_url: runbook(settings, "InferenceAutoscalerAtMaximum"),
    },
  };
}

function autoscalerBlind(settings: AlertSettings): AlertRule {
  const { watched } = settings;
  const matchers = ofAutoscaler(watched, 'condition="ScalingActive"', 'status="false"');
  const inactive = `kube_horizontalpodautoscaler_status_condition{${matchers}} == 1`;
  // It stays active as long as one metric is left, and then follows that one alone.
  const metrics = (part: string) =>
    `kube_horizontalpodautoscaler_${part}_target_metric{${ofAutoscaler(watched)}}`;
  const missing = `${metrics("spec")} unless on (namespace, horizontalpodautoscaler, metric_name) ${metrics("status")}`;
  return {
    alert: "InferenceAutoscalerBlind",
    expr: `max by (namespace, horizontalpodautoscaler) (${inactive} or ${missing})`,
    for: holdFor(settings, 10),
    labels: { severity: "warning" },
    annotations: {
      summary: "{{ $labels.horizontalpodautoscaler }} lacks a metric that it should follow.",
      description: "It follows what is left; with nothing left it keeps the present number of replicas.",
      runbook_url: runbook(settings, "InferenceAutoscalerBlind"),
    },
  };
}

function podRestarted(settings: AlertSettings): AlertRule {
  const restarts = `kube_pod_container_status_restarts_total{${ofContainers(settings.watched)}}`;
  return {
    alert: "InferencePodRestarted",
    expr: `sum by (namespace, pod, container) (increase(${restarts}[15m])) > 0`,
    labels: { severity: "warning" },
    annotations: {
      summary: "{{ $labels.pod }} restarted.",
      description: "Its container ended {{ $value | humanize }} times in 15 minutes.",
      runbook_url: runbook(settings, "InferencePodRestarted"),
    },
  };
}

function loadFailed(settings: AlertSettings): AlertRule {
  return {
    alert: "InferenceModelLoadFailed",
    expr: `max by (namespace, job, model, version) (${METRICS.modelLoadFailed}{${own(settings.watched)}}) == 1`,
    for: holdFor(settings, 1),
    labels: { severity: "critical" },
    annotations: {
      summary: "Version {{ $labels.version }} of model {{ $labels.model }} does not load.",
      description: "At least one pod refused it; what was served before is still served.",
      runbook_url: runbook(settings, "InferenceModelLoadFailed"),
    },
  };
}

/** Windows, distance and number of predictions from which a drift is worth a person's time. */
export const DRIFT = { window: "1h", reference: "1d", distance: 0.2, predictions: 200 } as const;

function drifted(settings: AlertSettings): AlertRule {
  const matchers = own(settings.watched);
  const seen = `sum by (model, version) (increase(${METRICS.predictionConfidence}_count{${matchers}}[${DRIFT.window}]))`;
  return {
    alert: "InferenceConfidenceDrift",
    // A distance between few predictions is chance.
    expr: `${confidenceDrift(matchers, DRIFT.window, DRIFT.reference)} > ${DRIFT.distance} and ${seen} > ${DRIFT.predictions}`,
    for: holdFor(settings, 30),
    labels: { severity: "warning" },
    annotations: {
      summary:
        "Model {{ $labels.model }} version {{ $labels.version }} is as sure of itself as it was not before.",
      description:
        "The distribution of its confidence over the last hour is {{ $value | humanize }} away from that of the day before (0 is equal, 1 disjoint).",
      runbook_url: runbook(settings, "InferenceConfidenceDrift"),
    },
  };
}
