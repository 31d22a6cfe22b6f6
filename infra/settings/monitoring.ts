import { z } from "zod";

import { LATENCY_BUCKETS_SECONDS } from "@ai-model-service/contract/metrics";

import { memoryBytes } from "./quantity.js";

const share = z.number().gt(0, "must be between 0 and 1").lt(1, "must be between 0 and 1");
const edges: readonly number[] = LATENCY_BUCKETS_SECONDS;

/** Days that the slowest alert looks back: Prometheus must keep its series for at least as long. */
export const SLOWEST_ALERT_DAYS = 3;

/** `monitoring.objectives`: what the service promises over 30 days; alerts fire when it is about to break it. */
const objectives = z.strictObject({
  /** Share of predictions that are answered. */
  availability: share.default(0.999),
  /** Share of answered predictions that take no longer than `latencySeconds`. */
  latency: share.default(0.99),
  latencySeconds: z
    .number()
    .refine((seconds) => edges.includes(seconds), `must be one of ${edges.join(", ")}`)
    .default(0.1),
});

/** `monitoring`: who collects metrics, and what is worth an alert. */
export const monitoringSchema = z
  .strictObject({
    /** `stack` installs Prometheus, its operator, Alertmanager, Grafana; `existing` uses an operator that is there. */
    mode: z.enum(["stack", "existing", "none"]).default("stack"),
    /** Namespace that the program makes and owns for what it installs. */
    namespace: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "must be lower-case letters, digits and hyphens")
      .default("monitoring"),
    /** Where the charts are: a repository (https://), a registry (oci://) or a folder that holds them unpacked. */
    charts: z.string().min(1).default("https://prometheus-community.github.io/helm-charts"),
    /** False where the operator's resource definitions are in the cluster already; they are then left alone. */
    crds: z.boolean().default(true),
    grafana: z.boolean().default(true),
    /** Days that Prometheus keeps its series. */
    retentionDays: z.int().min(SLOWEST_ALERT_DAYS).default(10),
    /** Size of Prometheus's volume, such as 20Gi; without it the series go with the pod. */
    storage: z
      .string()
      .refine((size) => memoryBytes(size) > 0, "must be a quantity such as 20Gi")
      .optional(),
    /** Seconds between two looks at a pod; the autoscaler's signal is averaged over four. */
    scrapeIntervalSeconds: z.int().min(5).max(60).default(10),
    objectives: objectives.prefault({}),
    /** Factor on how long a condition must hold before its alert fires; below 1 to rehearse the alerts. */
    alertPatience: z.number().gt(0).max(1).default(1),
    /** Address of the runbooks that alerts link to; `#ALERT` is appended. */
    runbooks: z.string().min(1).default("docs/runbooks.md"),
    /** For `existing`: Prometheus's URL in the cluster, for a prometheus-adapter of the program's own. */
    prometheusUrl: z.url().optional(),
    /** For `existing`: an adapter in the cluster serves the signal already, by the rule in docs/monitoring.md. */
    sharedAdapter: z.boolean().default(false),
    /** For `existing`: labels by which its Prometheus and Grafana select monitors, rules and dashboards. */
    labels: z.record(z.string(), z.string()).default({}),
    /** Values of the charts over the program's own: image mirrors, Alertmanager's receivers, resources. */
    stackValues: z.record(z.string(), z.json()).default({}),
    adapterValues: z.record(z.string(), z.json()).default({}),
  })
  .refine((m) => m.mode === "existing" || m.prometheusUrl === undefined, {
    path: ["prometheusUrl"],
    error: "applies only to monitoring.mode existing",
  })
  .refine((m) => !m.sharedAdapter || (m.mode === "existing" && m.prometheusUrl === undefined), {
    path: ["sharedAdapter"],
    error:
      "applies only to monitoring.mode existing without prometheusUrl, since a cluster has one custom metrics API",
  });
