import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { PATHS } from "@ai-model-service/contract/http";

import type { Settings } from "../settings/settings.js";
import { LABELS, PORT_NAME, SELECTOR } from "../workload/names.js";
import { ruleGroups } from "./alerts/rule-groups.js";
import { dashboards } from "./dashboards/all-dashboards.js";
import { STACK } from "./charts/stack-values.js";

export interface ServiceWatchArgs {
  /** Namespace and name of the Service. */
  readonly service: { readonly namespace: string; readonly name: string };
  readonly dashboards: {
    /** Namespace that Grafana's sidecar finds them in. */
    readonly namespace: pulumi.Input<string>;
    /** Tells them from those of other stacks in a Grafana that is shared. */
    readonly owner?: string;
  };
  readonly settings: Settings["monitoring"];
}

const API = "monitoring.coreos.com/v1";

/** What makes Prometheus and Grafana watch one service: the scrape, the rules and the dashboards. */
export class ServiceWatch extends pulumi.ComponentResource {
  constructor(name: string, args: ServiceWatchArgs, opts: pulumi.ComponentResourceOptions) {
    super("ai-model-service:monitoring:ServiceWatch", name, {}, opts);
    const { service, settings } = args;
    const child = { parent: this };
    const labels = { ...LABELS, ...settings.labels };
    const metadata = { name: service.name, namespace: service.namespace, labels };
    new k8s.apiextensions.CustomResource(
      `${name}-monitor`,
      {
        apiVersion: API,
        kind: "ServiceMonitor",
        metadata,
        spec: serviceMonitorSpec(settings.scrapeIntervalSeconds),
      },
      child,
    );
    const { objectives, runbooks, alertPatience: patience } = settings;
    const watched = { namespace: service.namespace, job: service.name };
    const groups = ruleGroups({ watched, objectives, runbooks, patience });
    new k8s.apiextensions.CustomResource(
      `${name}-rules`,
      { apiVersion: API, kind: "PrometheusRule", metadata, spec: { groups } },
      child,
    );
    for (const dashboard of dashboards(objectives, args.dashboards.owner)) {
      const uid = dashboard.uid ?? name;
      new k8s.core.v1.ConfigMap(
        uid,
        {
          metadata: {
            name: uid,
            namespace: args.dashboards.namespace,
            labels: { ...labels, [STACK.dashboardLabel]: "1" },
          },
          data: { [`${uid}.json`]: JSON.stringify(dashboard) },
        },
        child,
      );
    }
    this.registerOutputs({});
  }
}

/** How Prometheus finds and scrapes the pods behind the Service; its name becomes the label `job`. */
export function serviceMonitorSpec(intervalSeconds: number) {
  return {
    selector: { matchLabels: SELECTOR },
    endpoints: [{ port: PORT_NAME, path: PATHS.metrics, interval: `${intervalSeconds}s` }],
  };
}
