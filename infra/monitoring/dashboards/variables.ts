import { type MetricName, METRICS } from "@ai-model-service/contract/metrics";
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import { own, type Watched } from "../queries.js";

/** The data source that the reader picks; the chart provisions one Prometheus. */
export const DATASOURCE = { type: "prometheus", uid: "$datasource" };

/** The range over which rates are taken; Grafana makes it four scrapes or more. */
export const RATE_WINDOW = "$__rate_interval";

/** The service that the dashboard's variables name. */
export const SELECTED: Watched = { namespace: "$namespace", job: "$service" };

/**
 * Variables of every dashboard: where the data is, and which service is looked at, at first that of `namespace`. A
 * service is found by `metric`, which every process of its kind exposes from its start.
 */
export function serviceVariables(
  metric: MetricName,
  namespace?: string,
): (dashboard.DatasourceVariableBuilder | dashboard.QueryVariableBuilder)[] {
  const namespaces = query("namespace", "Namespace", `label_values(${metric}, namespace)`);
  return [
    new dashboard.DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"),
    namespace === undefined ? namespaces : namespaces.current({ text: namespace, value: namespace }),
    query("service", "Service", `label_values(${metric}{namespace="$namespace"}, job)`),
  ];
}

/** Variables that pick models and versions of the service; all of them at first. */
export function modelVariables(): dashboard.QueryVariableBuilder[] {
  return [
    several("model", "Model", `label_values(${METRICS.modelReady}{${own(SELECTED)}}, model)`),
    several(
      "version",
      "Version",
      `label_values(${METRICS.modelReady}{${own(SELECTED, 'model=~"$model"')}}, version)`,
    ),
  ];
}

/** Variables for the windows that drift compares; the first option is the alert's. */
export function driftVariables(window: string, reference: string): dashboard.CustomVariableBuilder[] {
  return [
    choice("recent", "Drift of the last", [window, "15m", "6h"]),
    choice("reference", "against the", [reference, "1h", "7d"]),
  ];
}

function query(name: string, label: string, definition: string): dashboard.QueryVariableBuilder {
  return new dashboard.QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query(definition)
    .definition(definition)
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .sort(dashboard.VariableSort.AlphabeticalAsc);
}

function several(name: string, label: string, definition: string): dashboard.QueryVariableBuilder {
  return query(name, label, definition)
    .multi(true)
    .includeAll(true)
    .current({ selected: true, text: "All", value: "$__all" });
}

function choice(name: string, label: string, options: readonly string[]): dashboard.CustomVariableBuilder {
  const [first = ""] = options;
  return new dashboard.CustomVariableBuilder(name)
    .label(label)
    .values(options.join(","))
    .current({ selected: true, text: first, value: first });
}
