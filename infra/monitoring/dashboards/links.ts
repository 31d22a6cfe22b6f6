import { createHash } from "node:crypto";
import { type MetricName, METRICS } from "@ai-model-service/contract/metrics";
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";

/** A dashboard as others link to it; the identifier is part of its address. */
interface DashboardName {
  readonly uid: string;
  readonly title: string;
}

export interface DashboardNames {
  /** Metric by which the dashboards find the services that they can show. */
  readonly selecting: MetricName;
  /** Namespace that they show at first, where they are one stack's among others. */
  readonly owner: string | undefined;
  readonly overview: DashboardName;
  readonly models: DashboardName;
}

/** Names of the inference service's dashboards. An owner tells them from another's: Grafana drops dashboards of equal identifier. */
export function dashboardNames(owner?: string): DashboardNames {
  // Grafana allows identifiers of 40 characters, fewer than a namespace may have.
  const suffix =
    owner === undefined ? "" : `-${createHash("sha256").update(owner).digest("hex").slice(0, 8)}`;
  const of = owner === undefined ? "" : ` of ${owner}`;
  return {
    selecting: METRICS.inferenceRequestsPending,
    owner,
    overview: { uid: `inference-overview${suffix}`, title: `Inference: overview${of}` },
    models: { uid: `inference-models${suffix}`, title: `Inference: models and drift${of}` },
  };
}

/** A link that keeps the time range and the variables that both dashboards have. */
export function linkTo({ uid, title }: DashboardName): dashboard.DashboardLinkBuilder {
  return new dashboard.DashboardLinkBuilder(title)
    .type(dashboard.DashboardLinkType.Link)
    .url(`/d/${uid}`)
    .includeVars(true)
    .keepTime(true);
}
