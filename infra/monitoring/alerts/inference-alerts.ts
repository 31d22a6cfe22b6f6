import { METRICS } from "@ai-model-service/contract/metrics";

import { confidenceDrift, DRIFT } from "../inference-queries.js";
import { own, type Watched } from "../queries.js";
import type { Alert } from "./alert.js";

/** The alerts that only the inference service has: its queue, its models and their predictions. */
export function inferenceAlerts(watched: Watched): Alert[] {
  return [
    queueSaturated(watched),
    loadFailed(watched),
    fallingBack(watched),
    repositoryAway(watched),
    drifted(watched),
  ];
}

function queueSaturated(watched: Watched): Alert {
  const saturation = `avg_over_time(${METRICS.inferenceSaturation}{${own(watched)}}[5m])`;
  return {
    name: "InferenceQueueSaturated",
    expr: `max by (namespace, job, pod) (${saturation}) > 0.8`,
    minutes: 2,
    severity: "warning",
    summary: "The request queue of the pod {{ $labels.pod }} is nearly full.",
    description:
      "On average, {{ $value | humanizePercentage }} of the queue was in use during the last five minutes. When the queue is full, the pod refuses requests with status 503.",
  };
}

function loadFailed(watched: Watched): Alert {
  return {
    name: "InferenceModelLoadFailed",
    expr: `max by (namespace, job, model, version) (${METRICS.modelLoadFailed}{${own(watched)}}) == 1`,
    minutes: 1,
    severity: "critical",
    summary: "Version {{ $labels.version }} of the model {{ $labels.model }} failed to load.",
    description:
      "At least one pod could not load this version and still serves what it served before. The log of the pod says why.",
  };
}

/** Requests in the window below from which a version that does not answer its own is worth a look. */
const MOST_FALLBACKS = 10;

function fallingBack(watched: Watched): Alert {
  const fallbacks = `increase(${METRICS.trafficFallbacks}{${own(watched)}}[10m])`;
  return {
    name: "InferenceVersionFallsBack",
    expr: `sum by (namespace, job, model, version) (${fallbacks}) > ${MOST_FALLBACKS}`,
    minutes: 5,
    severity: "warning",
    summary:
      "Version {{ $labels.version }} of the model {{ $labels.model }} does not answer its share of the traffic.",
    description:
      "In the last ten minutes the stable version answered {{ $value | humanize }} requests in its place. No caller noticed; the metric's label `reason` says what the version failed by.",
  };
}

function repositoryAway(watched: Watched): Alert {
  return {
    name: "InferenceModelRepositoryAway",
    expr: `max by (namespace, job, pod) (${METRICS.repositoryAway}{${own(watched)}}) > 120`,
    minutes: 3,
    severity: "warning",
    summary: "The pod {{ $labels.pod }} cannot look at its model repository.",
    description:
      "For {{ $value | humanizeDuration }} it has not seen the bucket or folder that its models come from. What it serves goes on, but it does not follow changes, and a pod that starts anew may have nothing to serve.",
  };
}

function drifted(watched: Watched): Alert {
  const matchers = own(watched);
  const seen = `sum by (model, version) (increase(${METRICS.predictionConfidence}_count{${matchers}}[${DRIFT.window}]))`;
  return {
    name: "InferenceConfidenceDrift",
    // A distance between few predictions is chance.
    expr: `${confidenceDrift(matchers, DRIFT.window, DRIFT.reference)} > ${DRIFT.distance} and ${seen} > ${DRIFT.predictions}`,
    minutes: 30,
    severity: "warning",
    summary:
      "Version {{ $labels.version }} of the model {{ $labels.model }} predicts with a different confidence than the day before.",
    description:
      "The distribution of its confidence over the last hour differs by {{ $value | humanize }} from that of the day before (0: the same; 1: nothing in common). The inputs may have changed.",
  };
}
