import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";

/** A dashboard as others link to it; the identifier is part of its address. */
export interface DashboardName {
  readonly uid: string;
  readonly title: string;
}

export const OVERVIEW: DashboardName = { uid: "inference-overview", title: "Inference: overview" };
export const MODELS: DashboardName = { uid: "inference-models", title: "Inference: models and drift" };

/** A link that keeps the time range and the variables that both dashboards have. */
export function linkTo({ uid, title }: DashboardName): dashboard.DashboardLinkBuilder {
  return new dashboard.DashboardLinkBuilder(title)
    .type(dashboard.DashboardLinkType.Link)
    .url(`/d/${uid}`)
    .includeVars(true)
    .keepTime(true);
}
