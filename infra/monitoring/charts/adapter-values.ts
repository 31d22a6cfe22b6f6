import type { AdapterRule } from "../adapter-rule.js";
import type { Values } from "./merge.js";

/** Name that the chart's objects get. */
const NAME = "prometheus-adapter";

/** Values of prometheus-adapter, which serves the custom metrics API from the Prometheus at `prometheusUrl`. */
export function adapterValues(prometheusUrl: string, rule: AdapterRule): Values {
  const { protocol, hostname, port, pathname } = new URL(prometheusUrl);
  return {
    fullnameOverride: NAME,
    prometheus: {
      url: `${protocol}//${hostname}`,
      port: Number(port || (protocol === "https:" ? 443 : 80)),
      path: pathname === "/" ? "" : pathname,
    },
    // The default rules offer every series of the cluster and cost a query for each.
    rules: { default: false, custom: [{ ...rule }] },
    metricsRelistInterval: "30s",
    // A series stays known for longer than the relist interval, or one late scrape would blind the autoscaler.
    extraArguments: ["--metrics-max-age=5m"],
    logLevel: 2,
    resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "512Mi" } },
    // One goes on while the other's node is renewed.
    replicas: 2,
    podDisruptionBudget: { enabled: true, maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow" },
    topologySpreadConstraints: [spread("kubernetes.io/hostname"), spread("topology.kubernetes.io/zone")],
  };
}

function spread(topologyKey: string): Values {
  return {
    topologyKey,
    maxSkew: 1,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: { "app.kubernetes.io/name": NAME } },
  };
}
