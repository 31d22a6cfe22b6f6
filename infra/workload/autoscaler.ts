import type * as k8s from "@pulumi/kubernetes";

import type { PodMetric, Workload } from "./workload.js";

type AutoscalerSpec = k8s.types.input.autoscaling.v2.HorizontalPodAutoscalerSpec;
type MetricSpec = k8s.types.input.autoscaling.v2.MetricSpec;

/** Scales out fast, since requests wait meanwhile, and in calmly, since the next burst may follow. */
export function autoscalerSpec({ name, scaling }: Pick<Workload, "name" | "scaling">): AutoscalerSpec {
  return {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
    minReplicas: scaling.min,
    maxReplicas: scaling.max,
    metrics: [cpuMetric(scaling.cpuPercent), ...scaling.metrics.map(podMetric)],
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
        stabilizationWindowSeconds: scaling.scaleDownSeconds,
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

function podMetric({ name, perPod }: PodMetric): MetricSpec {
  return {
    type: "Pods",
    pods: { metric: { name }, target: { type: "AverageValue", averageValue: String(perPod) } },
  };
}
