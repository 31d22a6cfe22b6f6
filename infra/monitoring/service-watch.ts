import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { Settings } from "../settings/settings.js";
import type { Workload } from "../workload/workload.js";
import type { AlertContext } from "./alerts/rule-groups.js";
import type { RuleGroup } from "./alerts/rule-group.js";
import type { Objectives } from "./alerts/service-alerts.js";
import { PROMETHEUS_STACK } from "./charts/stack-values.js";

/** What a kind of service is watched by. */
export interface Watch {
  /** Its alerts and what they are recorded from. */
  readonly rules: (context: AlertContext) => RuleGroup[];
  /** Its dashboards; an owner tells them from those of other stacks in a Grafana that is shared. */
  readonly dashboards: (objectives: Objectives, owner?: string) => Dashboard[];
}

interface ServiceWatchArgs {
  readonly watch: Watch;
  readonly workload: Workload;
  /** Name of the workload's namespace. */
  readonly namespace: string;
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
    const { watch, workload, namespace, settings } = args;
    const child = { parent: this };
    const labels = { ...workload.labels, ...settings.labels };
    const metadata = { name: workload.name, namespace, labels };
    new k8s.apiextensions.CustomResource(
      `${name}-monitor`,
      {
        apiVersion: API,
        kind: "ServiceMonitor",
        metadata,
        spec: serviceMonitorSpec(workload, settings.scrapeIntervalSeconds),
      },
      child,
    );
    const { objectives, runbooks, alertPatience: patience } = settings;
    const watched = { namespace, job: workload.name };
    const groups = watch.rules({ watched, objectives, runbooks, patience });
    new k8s.apiextensions.CustomResource(
      `${name}-rules`,
      { apiVersion: API, kind: "PrometheusRule", metadata, spec: { groups } },
      child,
    );
    for (const dashboard of watch.dashboards(objectives, args.dashboards.owner)) {
      const uid = dashboard.uid ?? name;
      new k8s.core.v1.ConfigMap(
        uid,
        {
          metadata: {
            name: uid,
            namespace: args.dashboards.namespace,
            labels: { ...labels, [PROMETHEUS_STACK.dashboardLabel]: "1" },
          },
          data: { [`${uid}.json`]: JSON.stringify(dashboard) },
        },
        child,
      );
    }
    this.registerOutputs({});
  }
}

/**
 * How Prometheus finds and scrapes the pods: through the Service of the administrators' port alone, so that it sees each
 * pod once. The label `job` is the workload's name, as of its Deployment and its autoscaler.
 */
function serviceMonitorSpec({ name, selector, administration, metrics }: Workload, intervalSeconds: number) {
  const { path, key } = metrics;
  return {
    selector: { matchLabels: selector },
    endpoints: [
      {
        port: administration.port,
        path,
        interval: `${intervalSeconds}s`,
        relabelings: [{ targetLabel: "job", replacement: name }],
        ...(key && { authorization: { credentials: { name: key.secret, key: key.key } } }),
      },
    ],
  };
}
