import { z } from "zod";

import { LATENCY_BUCKETS_SECONDS } from "@ai-model-service/contract/metrics";

import { alertReceiversSchema } from "./alert-receivers.js";
import { memoryBytes } from "./quantity.js";

const share = z.number().gt(0, "must be between 0 and 1").lt(1, "must be between 0 and 1");
const edges: readonly number[] = LATENCY_BUCKETS_SECONDS;

/** Days that the slowest alert looks back: Prometheus must keep its series for at least as long. */
export const SLOWEST_ALERT_DAYS = 3;

const objectives = z
  .strictObject({
    availability: share.default(0.999).describe("Share of predictions that are answered."),
    latency: share
      .default(0.99)
      .describe("Share of answered predictions that take no longer than `latencySeconds`."),
    latencySeconds: z
      .number()
      .refine((seconds) => edges.includes(seconds), `must be one of ${edges.join(", ")}`)
      .default(0.1)
      .describe("Seconds within which that share must be answered."),
  })
  .describe("What the service promises over 30 days; alerts fire when it is about to break it.");

function hasConfig(alertmanager: unknown): boolean {
  return typeof alertmanager === "object" && alertmanager !== null && "config" in alertmanager;
}

export const monitoringSchema = z
  .strictObject({
    mode: z
      .enum(["stack", "existing", "none"])
      .default("stack")
      .describe(
        "`stack` installs Prometheus, its operator, Alertmanager, Grafana; `existing` uses an operator that is there.",
      ),
    namespace: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "must be lower-case letters, digits and hyphens")
      .default("monitoring")
      .describe("Namespace that the program makes and owns for what it installs."),
    charts: z
      .string()
      .min(1)
      .default("https://prometheus-community.github.io/helm-charts")
      .describe(
        "Where the charts are: a repository (https://), a registry (oci://) or a folder that holds them unpacked.",
      ),
    crds: z
      .boolean()
      .default(true)
      .describe(
        "False where the operator's resource definitions are in the cluster already; they are then left alone.",
      ),
    grafana: z.boolean().default(true).describe("Whether Grafana is installed."),
    retentionDays: z
      .int()
      .min(SLOWEST_ALERT_DAYS)
      .default(10)
      .describe("Days that Prometheus keeps its series."),
    storage: z
      .string()
      .refine((size) => memoryBytes(size) > 0, "must be a quantity such as 20Gi")
      .optional()
      .describe("Size of Prometheus's volume, such as 20Gi; without it the series go with the pod."),
    scrapeIntervalSeconds: z
      .int()
      .min(5)
      .max(60)
      .default(10)
      .describe("Seconds between two looks at a pod; the autoscaler's signal is averaged over four."),
    objectives: objectives.prefault({}),
    alertPatience: z
      .number()
      .gt(0)
      .max(1)
      .default(1)
      .describe(
        "Factor on how long a condition must hold before its alert fires; below 1 to rehearse the alerts.",
      ),
    receivers: alertReceiversSchema.prefault({}),
    runbooks: z
      .url({ protocol: /^https?$/, error: "must be a URL that begins with https:// or http://" })
      .optional()
      .describe(
        "Address at which [the runbooks](runbooks.md) can be read, to which alerts then link; `#ALERT` is appended.",
      ),
    prometheusUrl: z
      .url()
      .optional()
      .describe(
        "For `existing`: Prometheus's URL in the cluster, for a prometheus-adapter of the program's own.",
      ),
    prometheusNamespace: z
      .string()
      .min(1)
      .optional()
      .describe(
        "For `existing`: namespace of the Prometheus that scrapes, which alone may connect to the administrators' port.",
      ),
    sharedAdapter: z
      .boolean()
      .default(false)
      .describe(
        "For `existing`: an adapter in the cluster serves the signal already, by the rule in docs/monitoring.md.",
      ),
    labels: z
      .record(z.string(), z.string())
      .default({})
      .describe(
        "For `existing`: labels by which its Prometheus and Grafana select monitors, rules and dashboards.",
      ),
    stackValues: z
      .record(z.string(), z.json())
      .default({})
      .describe(
        "Values of the chart kube-prometheus-stack over the program's own: image mirrors, resources.",
      ),
    adapterValues: z
      .record(z.string(), z.json())
      .default({})
      .describe("Values of the chart prometheus-adapter over the program's own."),
  })
  .refine((m) => m.mode === "existing" || m.prometheusUrl === undefined, {
    path: ["prometheusUrl"],
    error: "applies only to monitoring.mode existing",
  })
  .refine((m) => (m.mode === "existing") === (m.prometheusNamespace !== undefined), {
    path: ["prometheusNamespace"],
    error: "must be set for monitoring.mode existing, and for no other",
  })
  .refine((m) => !m.sharedAdapter || (m.mode === "existing" && m.prometheusUrl === undefined), {
    path: ["sharedAdapter"],
    error:
      "applies only to monitoring.mode existing without prometheusUrl, since a cluster has one custom metrics API",
  })
  .refine((m) => Object.keys(m.receivers).length === 0 || !hasConfig(m.stackValues["alertmanager"]), {
    path: ["receivers"],
    error: "would replace monitoring.stackValues.alertmanager.config, which is set too",
  })
  .describe("Who collects metrics, and what is worth an alert.");
