import { expect, it } from "vitest";
import { scalingBehavior } from "../../../infra/autoscaling/behavior.js";
import { scalingMetrics } from "../../../infra/autoscaling/metrics.js";
import { CONCURRENCY_METRIC } from "../../../infra/monitoring/adapter-rule.js";

it("follows CPU and the requests in each pod", () => {
  const [cpu, concurrency] = scalingMetrics({ cpuPercent: 70, concurrencyPerPod: 8 });
  expect(cpu?.resource).toEqual({ name: "cpu", target: { type: "Utilization", averageUtilization: 70 } });
  expect(concurrency?.pods).toEqual({
    metric: { name: CONCURRENCY_METRIC },
    target: { type: "AverageValue", averageValue: "8" },
  });
});

it("follows CPU alone where no custom metrics are served", () => {
  expect(scalingMetrics({ cpuPercent: 70 }).map(({ type }) => type)).toEqual(["Resource"]);
});

it("scales out without delay and in one pod at a time after a delay", () => {
  const { scaleUp, scaleDown } = scalingBehavior(300);
  expect(scaleUp).toMatchObject({ stabilizationWindowSeconds: 0, selectPolicy: "Max" });
  expect(scaleDown).toMatchObject({
    stabilizationWindowSeconds: 300,
    policies: [{ type: "Pods", value: 1, periodSeconds: 60 }],
  });
});
