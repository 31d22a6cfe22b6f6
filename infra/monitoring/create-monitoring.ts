import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { Placement } from "../clusters/cluster.js";
import type { Settings } from "../settings/settings.js";
import { concurrencyMetric } from "./adapter-rule.js";
import { metricsAdapter } from "./charts/adapter.js";
import { ServiceWatch } from "./service-watch.js";
import { MonitoringStack } from "./charts/stack.js";

/** What the rest of the program needs of the monitoring. */
export interface Monitoring {
  /** What an autoscaler can follow beside CPU; none where nobody serves custom metrics. */
  readonly scalingMetrics: k8s.types.input.autoscaling.v2.MetricSpec[];
  /** Of what the program installed. */
  readonly namespace?: pulumi.Output<string>;
  /** Of Grafana's user `admin`, where the program installed Grafana. */
  readonly grafanaPassword?: pulumi.Output<string> | undefined;
  /** Has the service scraped, its alerts evaluated and its dashboards shown. */
  watch(service: WatchedService): void;
}

export interface WatchedService {
  readonly namespace: string;
  readonly name: string;
  /** What must exist before objects in that namespace. */
  readonly after: pulumi.Resource;
}

type MonitoringSettings = Pick<Settings, "monitoring" | "autoscaling">;

/** Installs the monitoring, joins the one that is there, or does without, as the settings say. */
export function chooseMonitoring(settings: MonitoringSettings, placement: Placement): Monitoring {
  switch (settings.monitoring.mode) {
    case "stack":
      return installedMonitoring(settings, placement);
    case "existing":
      return existingMonitoring(settings, placement);
    case "none":
      return { scalingMetrics: [], watch: () => undefined };
  }
}

function installedMonitoring(
  { monitoring, autoscaling }: MonitoringSettings,
  placement: Placement,
): Monitoring {
  const stack = new MonitoringStack("monitoring", monitoring, placement);
  const { namespace, prometheusUrl, grafanaPassword, release } = stack;
  metricsAdapter(
    "prometheus-adapter",
    { namespace, prometheusUrl, settings: monitoring },
    { parent: stack, dependsOn: release },
  );
  return {
    scalingMetrics: [concurrencyMetric(autoscaling.concurrencyPerPod)],
    namespace,
    grafanaPassword,
    watch: ({ after, ...service }) => {
      new ServiceWatch(
        service.name,
        { service, dashboards: { namespace }, settings: monitoring },
        { ...placement, dependsOn: [release, after] },
      );
    },
  };
}

function existingMonitoring(
  { monitoring, autoscaling }: MonitoringSettings,
  placement: Placement,
): Monitoring {
  const { prometheusUrl, sharedAdapter } = monitoring;
  const hasSignal = sharedAdapter || prometheusUrl !== undefined;
  if (prometheusUrl !== undefined) {
    const space = new k8s.core.v1.Namespace(
      "monitoring",
      { metadata: { name: monitoring.namespace } },
      placement,
    );
    const namespace = space.metadata.name;
    metricsAdapter("prometheus-adapter", { namespace, prometheusUrl, settings: monitoring }, placement);
  }
  return {
    scalingMetrics: hasSignal ? [concurrencyMetric(autoscaling.concurrencyPerPod)] : [],
    watch: ({ after, ...service }) => {
      new ServiceWatch(
        service.name,
        {
          service,
          dashboards: { namespace: service.namespace, owner: service.namespace },
          settings: monitoring,
        },
        { ...placement, dependsOn: [...placement.dependsOn, after] },
      );
    },
  };
}
