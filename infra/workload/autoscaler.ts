import type * as k8s from "@pulumi/kubernetes";

import type { Settings } from "../settings/settings.js";

type AutoscalerSpec = k8s.types.input.autoscaling.v2.HorizontalPodAutoscalerSpec;
type MetricSpec = k8s.types.input.autoscaling.v2.MetricSpec;

/** What the autoscaler moves, in which range, and by what. */
export interface AutoscalerArgs {
  deploymentName: string;
  replicas: Settings["replicas"];
  autoscaling: Settings["autoscaling"];
  /** Signals beside CPU; the one that asks for most replicas wins. */
  metrics: MetricSpec[];
}

/** Out fast, since requests wait meanwhile; in calmly, since the next burst may follow. */
export function autoscalerSpec(args: AutoscalerArgs): AutoscalerSpec {
  const { deploymentName, replicas, autoscaling, metrics } = args;
  return {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: deploymentName },
    minReplicas: replicas.min,
    maxReplicas: replicas.max,
    metrics: [cpuMetric(autoscaling.cpuPercent), ...metrics],
    behavior: {
      scaleUp: {
        stabilizationWindowSeconds: 0,
        selectPolicy: "Max",
        policies: [
          { type: "Percent", value: 100, periodSeconds: 15 },
          { type: "Pods", value: 4, periodSeconds: 15 },
        ],
      },
      scaleDown: {
        stabilizationWindowSeconds: autoscaling.scaleDownSeconds,
        policies: [{ type: "Percent", value: 50, periodSeconds: 60 }],
      },
    },
  };
}

function cpuMetric(percent: number): MetricSpec {
  return {
    type: "Resource",
    resource: { name: "cpu", target: { type: "Utilization", averageUtilization: percent } },
  };
}
