import { memoryBytes } from "../../settings/quantity.js";
import type { Settings } from "../../settings/settings.js";
import { hasReceivers } from "../alerts/receivers.js";
import { KEPT_WHERE_IT_IS } from "./kept-in-place.js";
import type { Values } from "./merge.js";

/** Names that the chart's objects get, and others refer to. */
export const PROMETHEUS_STACK = {
  release: "monitoring",
  prometheus: "monitoring-prometheus",
  prometheusPort: 9090,
  grafana: "grafana",
  grafanaPort: 80,
  grafanaSecret: "grafana-admin",
  receiversSecret: "alertmanager-receivers",
  dashboardLabel: "grafana_dashboard",
} as const;

type ValuesSettings = Pick<
  Settings["monitoring"],
  "namespace" | "grafana" | "retentionDays" | "storage" | "receivers"
>;

/** Values of kube-prometheus-stack. */
export function stackValues(settings: ValuesSettings): Values {
  return {
    fullnameOverride: PROMETHEUS_STACK.release,
    cleanPrometheusOperatorObjectNames: true,
    // They are a release of their own, so that they are upgraded, and removed with what made them.
    crds: { enabled: false },
    prometheusOperator: {
      // The webhook only checks rules, which promtool does before; its certificates come from jobs that a mirror may lack.
      admissionWebhooks: { enabled: false },
      tls: { enabled: false },
      // In kube-system, the default, the operator's Service would stay behind when everything is removed.
      kubeletService: { namespace: settings.namespace },
      resources: bounds("50m", "96Mi", "512Mi"),
      prometheusConfigReloader: { resources: bounds("10m", "32Mi", "128Mi") },
    },
    kubelet: { namespace: settings.namespace },
    prometheus: { prometheusSpec: prometheusSpec(settings) },
    alertmanager: { alertmanagerSpec: alertmanagerSpec(settings) },
    grafana: grafana(settings.grafana),
    "kube-state-metrics": {
      podAnnotations: KEPT_WHERE_IT_IS,
      resources: bounds("10m", "48Mi", "512Mi"),
    },
    "prometheus-node-exporter": {
      resources: bounds("10m", "32Mi", "128Mi"),
      containerSecurityContext: CONTAINED,
    },
    ...unreachable(),
  };
}

function prometheusSpec({ retentionDays, storage }: ValuesSettings): Values {
  return {
    retention: `${retentionDays}d`,
    // What comes first: a volume that is full ends Prometheus.
    retentionSize: retentionSize(storage ?? WITHOUT_VOLUME),
    podMetadata: { annotations: KEPT_WHERE_IT_IS },
    resources: bounds("100m", "384Mi", "4Gi"),
    // Without these it would see only the monitors and rules that carry the release's own labels.
    serviceMonitorSelectorNilUsesHelmValues: false,
    podMonitorSelectorNilUsesHelmValues: false,
    probeSelectorNilUsesHelmValues: false,
    ruleSelectorNilUsesHelmValues: false,
    storageSpec: storage === undefined ? { emptyDir: { sizeLimit: WITHOUT_VOLUME } } : volume(storage),
  };
}

/** A container that gets no rights beyond those of its process. */
const CONTAINED = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** Disk of its node that Prometheus may take where it has no volume. */
const WITHOUT_VOLUME = "10Gi";

/** Share of a volume that series may take: the log of what comes in, and blocks while they are merged, come on top. */
const SHARE_OF_SERIES = 0.8;

function retentionSize(storage: string): string {
  return `${Math.max(1, Math.floor((memoryBytes(storage) * SHARE_OF_SERIES) / 2 ** 20))}MiB`;
}

function volume(storage: string): Values {
  const spec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } };
  return { volumeClaimTemplate: { spec } };
}

function alertmanagerSpec({ receivers }: ValuesSettings): Values {
  const { receiversSecret } = PROMETHEUS_STACK;
  return {
    resources: bounds("10m", "32Mi", "256Mi"),
    ...(hasReceivers(receivers) && { useExistingSecret: true, configSecret: receiversSecret }),
  };
}

function grafana(enabled: boolean): Values {
  if (!enabled) {
    return { enabled };
  }
  return {
    enabled,
    fullnameOverride: PROMETHEUS_STACK.grafana,
    admin: {
      existingSecret: PROMETHEUS_STACK.grafanaSecret,
      userKey: "admin-user",
      passwordKey: "admin-password",
    },
    service: { port: PROMETHEUS_STACK.grafanaPort },
    sidecar: {
      resources: bounds("10m", "96Mi", "256Mi"),
      dashboards: { enabled: true, label: PROMETHEUS_STACK.dashboardLabel, labelValue: "1" },
    },
    resources: bounds("50m", "128Mi", "512Mi"),
  };
}

/** What managed clusters and k3s do not let anybody scrape, and the alerts that would fire for it. */
function unreachable(): Values {
  const off = { enabled: false };
  return {
    kubeControllerManager: off,
    kubeEtcd: off,
    kubeProxy: off,
    kubeScheduler: off,
    defaultRules: {
      rules: {
        etcd: false,
        kubeControllerManager: false,
        kubeProxy: false,
        kubeSchedulerAlerting: false,
        kubeSchedulerRecording: false,
      },
    },
  };
}

/** What a container gets, and the memory at which it is ended before its node suffers. */
function bounds(cpu: string, memory: string, memoryLimit: string): Values {
  return { requests: { cpu, memory }, limits: { memory: memoryLimit } };
}
