import { METRICS } from "@ai-model-service/contract/metrics";
import type { Objectives } from "#infra/monitoring/alerts/service-alerts.js";
import { inferenceDashboards } from "#infra/monitoring/dashboards/inference-dashboards.js";
import type { Watched } from "#infra/monitoring/queries.js";
import { fill, panelQueries } from "../../infra/monitoring/promql.js";

const ofTraffic = Object.entries(METRICS)
  .filter(([name]) => /^(traffic|shadow)/.test(name))
  .map(([, metric]) => metric);

/** Whether a query has data for a service of any models; else only where a model divides its traffic or has a shadow. */
export function isOfAnyModel({ query }: { readonly query: string }): boolean {
  return !ofTraffic.some((metric) => query.includes(metric));
}

/** Every query of every dashboard as Grafana would send it for a service that has been watched for a few minutes. */
export function queriesOfPanels(
  objectives: Objectives,
  watched: Watched,
  scrapeSeconds: number,
): { title: string; query: string }[] {
  const variables = {
    $namespace: watched.namespace,
    $service: watched.job,
    $model: ".*",
    $version: ".*",
    $__rate_interval: `${4 * scrapeSeconds}s`,
    $__range: "10m",
    $recent: "1m",
    $reference: "1m",
  };
  return inferenceDashboards(objectives)
    .flatMap(panelQueries)
    .map(({ title, expr }) => ({ title, query: fill(expr, variables) }));
}
