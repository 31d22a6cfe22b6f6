/** Monitoring: collects metrics, evaluates alerts and shows dashboards, and serves the metric that the autoscaler follows. */

import type * as pulumi from "@pulumi/pulumi";

import type { Cluster, Placement } from "../clusters/cluster.js";
import type { Settings } from "../settings/settings.js";
import type { Workload } from "../workload/workload.js";
import { metricsAdapter } from "./charts/adapter.js";
import { beginAnew } from "./charts/interrupted-release.js";
import { MonitoringStack } from "./charts/stack.js";
import { ServiceWatch, type Watch } from "./service-watch.js";

/** What the rest of the program needs of the monitoring. */
interface Monitoring {
  /** Namespace of what the program installed. */
  readonly namespace?: pulumi.Output<string>;
  /** Password of Grafana's user `admin`, where the program installed Grafana. */
  readonly grafanaPassword?: pulumi.Output<string> | undefined;
  /** Has a service scraped, its alerts evaluated and its dashboards shown. */
  watch(service: WatchedService): void;
}

interface WatchedService {
  readonly watch: Watch;
  readonly workload: Workload;
  /** Name of its namespace. */
  readonly namespace: string;
  /** What must exist before objects in that namespace. */
  readonly after: pulumi.Resource;
}

/** Installs the monitoring, joins the one that is there, or does without, as the settings say. */
export function createMonitoring(
  settings: Settings["monitoring"],
  cluster: Pick<Cluster, "kubeconfig">,
  onCluster: Placement,
): Monitoring {
  const transformations = [...onCluster.transformations, beginAnew(cluster.kubeconfig)];
  const placement = { ...onCluster, transformations };
  switch (settings.mode) {
    case "stack":
      return installedMonitoring(settings, placement);
    case "existing":
      return existingMonitoring(settings, placement);
    case "none":
      return { watch: () => undefined };
  }
}

function installedMonitoring(settings: Settings["monitoring"], placement: Placement): Monitoring {
  const stack = new MonitoringStack("monitoring", settings, placement);
  const { namespace, prometheusUrl, grafanaPassword, release } = stack;
  metricsAdapter(
    "prometheus-adapter",
    { namespace, prometheusUrl, settings },
    { parent: stack, dependsOn: release },
  );
  return {
    namespace,
    grafanaPassword,
    watch: ({ after, ...service }) => {
      new ServiceWatch(
        service.workload.name,
        { ...service, dashboards: { namespace }, settings },
        { ...placement, dependsOn: [release, after] },
      );
    },
  };
}

/** The adapter goes beside the Prometheus that it asks: that namespace is there. */
function existingMonitoring(settings: Settings["monitoring"], placement: Placement): Monitoring {
  const { prometheusUrl, prometheusNamespace: namespace } = settings;
  if (prometheusUrl !== undefined && namespace !== undefined) {
    metricsAdapter("prometheus-adapter", { namespace, prometheusUrl, settings }, placement);
  }
  return {
    watch: ({ after, ...service }) => {
      const { namespace } = service;
      new ServiceWatch(
        service.workload.name,
        { ...service, dashboards: { namespace, owner: namespace }, settings },
        { ...placement, dependsOn: [...placement.dependsOn, after] },
      );
    },
  };
}
