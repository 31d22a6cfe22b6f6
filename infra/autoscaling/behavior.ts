import type { types } from "@pulumi/kubernetes";

/**
 * Fast out: at once, doubling or adding four every 15 s, whichever is more, because refused requests are lost.
 * Calm in: one pod a minute, and only when none of the last `scaleInDelaySeconds` asked for more.
 */
export function scalingBehavior(
  scaleInDelaySeconds: number,
): types.input.autoscaling.v2.HorizontalPodAutoscalerBehavior {
  return {
    scaleUp: {
      stabilizationWindowSeconds: 0,
      selectPolicy: "Max",
      policies: [
        { type: "Percent", value: 100, periodSeconds: 15 },
        { type: "Pods", value: 4, periodSeconds: 15 },
      ],
    },
    scaleDown: {
      stabilizationWindowSeconds: scaleInDelaySeconds,
      policies: [{ type: "Pods", value: 1, periodSeconds: 60 }],
    },
  };
}
