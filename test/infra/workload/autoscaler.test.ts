import { describe, expect, it } from "vitest";

import { autoscalerSpec } from "#infra/workload/autoscaler.js";
import { JOBS } from "../support/workload.js";

describe("the autoscaler", () => {
  it("holds CPU, and every other signal that it is given", () => {
    expect(autoscalerSpec(JOBS).metrics).toEqual([
      {
        type: "Resource",
        resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } },
      },
      {
        type: "Pods",
        pods: { metric: { name: "queued" }, target: { type: "AverageValue", averageValue: "3" } },
      },
    ]);
  });

  it("moves the Deployment of the workload in its range", () => {
    expect(autoscalerSpec(JOBS)).toMatchObject({
      scaleTargetRef: { kind: "Deployment", name: "jobs" },
      minReplicas: 1,
      maxReplicas: 2,
    });
  });

  it("scales out at once and in only after a calm time", () => {
    expect(autoscalerSpec(JOBS).behavior).toMatchObject({
      scaleUp: { stabilizationWindowSeconds: 0 },
      scaleDown: { stabilizationWindowSeconds: 60 },
    });
  });
});
