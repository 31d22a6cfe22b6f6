import { describe, expect, it } from "vitest";

import { settings } from "#infra/settings/settings.js";
import { autoscalerSpec } from "#infra/workload/autoscaler.js";

const { replicas, autoscaling } = settings.parse({ cluster: "local" });

describe("the autoscaler", () => {
  it("holds CPU, and every other signal that it is given", () => {
    const pending = { type: "Pods", pods: { metric: { name: "pending" }, target: { type: "AverageValue" } } };
    const spec = autoscalerSpec({ deploymentName: "inference", replicas, autoscaling, metrics: [pending] });
    expect(spec.metrics).toEqual([
      {
        type: "Resource",
        resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 200 } },
      },
      pending,
    ]);
  });

  it("scales out at once and in only after a calm time", () => {
    const spec = autoscalerSpec({ deploymentName: "inference", replicas, autoscaling, metrics: [] });
    expect(spec.behavior).toMatchObject({
      scaleUp: { stabilizationWindowSeconds: 0 },
      scaleDown: { stabilizationWindowSeconds: 300 },
    });
  });
});
