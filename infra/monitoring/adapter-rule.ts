import { METRICS } from "@ai-model-service/contract/metrics";

import type { Settings } from "../settings/settings.js";
import type { PodMetric } from "../workload/workload.js";
import { concurrency } from "./inference-queries.js";

/** Name under which the custom metrics API serves the autoscaling signal: prediction requests in a pod. */
export const CONCURRENCY_METRIC = "inference_concurrency";

/** A rule of prometheus-adapter; `<<.Series>>`, `<<.LabelMatchers>>` and `<<.GroupBy>>` are its template fields. */
export interface AdapterRule {
  readonly seriesQuery: string;
  readonly resources: { readonly overrides: Readonly<Record<string, { readonly resource: string }>> };
  readonly name: { readonly as: string };
  readonly metricsQuery: string;
}

/**
 * The one rule that the adapter needs. It is found by a gauge that every process exposes from its start, so that
 * the metric exists before the first request. `windowSeconds` should span about four scrapes.
 */
export function adapterRule(windowSeconds: number): AdapterRule {
  return {
    seriesQuery: `${METRICS.inferenceRequestsPending}{namespace!="",pod!=""}`,
    resources: { overrides: { namespace: { resource: "namespace" }, pod: { resource: "pod" } } },
    name: { as: CONCURRENCY_METRIC },
    metricsQuery: concurrency("<<.LabelMatchers>>", "<<.GroupBy>>", `${windowSeconds}s`),
  };
}

/** The signal for an autoscaler to follow; nothing where no adapter serves it. */
export function concurrencySignal({
  monitoring: { mode, prometheusUrl, sharedAdapter },
  autoscaling,
}: Pick<Settings, "monitoring" | "autoscaling">): PodMetric[] {
  const isServed =
    mode === "stack" || (mode === "existing" && (sharedAdapter || prometheusUrl !== undefined));
  return isServed ? [{ name: CONCURRENCY_METRIC, perPod: autoscaling.concurrencyPerPod }] : [];
}
