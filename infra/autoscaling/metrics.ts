import type { types } from "@pulumi/kubernetes";
import { CONCURRENCY_METRIC } from "../monitoring/adapter-rule.js";

export interface AutoscalingTargets {
  /** CPU use, percent of the request, averaged over the pods. */
  readonly cpuPercent: number;
  /** Requests waiting or running per pod; absent where no custom metrics are served. */
  readonly concurrencyPerPod?: number | undefined;
}

/** What the autoscaler follows; it takes the largest number of replicas that any of them asks for. */
export function scalingMetrics({
  cpuPercent,
  concurrencyPerPod,
}: AutoscalingTargets): types.input.autoscaling.v2.MetricSpec[] {
  const cpu = {
    type: "Resource",
    resource: { name: "cpu", target: { type: "Utilization", averageUtilization: cpuPercent } },
  };
  if (concurrencyPerPod === undefined) return [cpu];
  const concurrency = {
    type: "Pods",
    pods: {
      metric: { name: CONCURRENCY_METRIC },
      target: { type: "AverageValue", averageValue: String(concurrencyPerPod) },
    },
  };
  return [cpu, concurrency];
}
