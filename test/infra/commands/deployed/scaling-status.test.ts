import type { V2HorizontalPodAutoscaler } from "@kubernetes/client-node";
import { describe, expect, it } from "vitest";
import { CONCURRENCY_METRIC } from "#infra/monitoring/adapter-rule.js";
import type { ScalingFacts } from "#infra/commands/deployed/scaling-facts.js";
import { scalingStatus } from "#infra/commands/deployed/scaling-status.js";

const target = { apiVersion: "apps/v1", kind: "Deployment", name: "inference" };
const cpu = {
  type: "Resource",
  resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 200 } },
};
const concurrency = {
  type: "Pods",
  pods: { metric: { name: CONCURRENCY_METRIC }, target: { type: "AverageValue", averageValue: "8" } },
};

/** An autoscaler that reads the CPU but not the signal. */
const half: V2HorizontalPodAutoscaler = {
  spec: { scaleTargetRef: target, maxReplicas: 10, metrics: [cpu, concurrency] },
  status: {
    desiredReplicas: 3,
    currentMetrics: [{ type: "Resource", resource: { name: "cpu", current: { averageUtilization: 41 } } }],
    conditions: [],
  },
};

const facts: ScalingFacts = {
  autoscaler: half,
  resourceApi: "available",
  customApi: "available",
  served: [],
  podsWithSignal: [],
  targets: [],
};

const scraped = [{ pod: "a", health: "up", lastError: "" }];

function says(over: Partial<ScalingFacts>) {
  return scalingStatus({ ...facts, ...over }).at(-1)?.says;
}

describe("the status of the autoscaler", () => {
  it("has the present value of a live metric, and its target", () => {
    expect(scalingStatus(facts)[0]).toEqual({ name: "cpu", live: true, says: "41% of 200%" });
  });

  it.each<[string, Partial<ScalingFacts>, RegExp]>([
    ["the autoscaler", { autoscaler: undefined }, /pulumi up/],
    ["the custom metrics API", { customApi: "missing" }, /not installed/],
    ["the adapter", { customApi: { unavailable: "no endpoints" } }, /does not answer \(no endpoints\)/],
    ["the targets", { targets: [] }, /no target/],
    [
      "the first scrape",
      { targets: [{ pod: "a", health: "unknown", lastError: "" }] },
      /has not scraped a yet/,
    ],
    [
      "a scrape",
      { targets: [{ pod: "a", health: "down", lastError: "connection refused" }] },
      /cannot scrape a \(connection refused\)/,
    ],
    ["Prometheus", { targets: "unreachable" }, /Prometheus does not answer/],
    ["the adapter's rule", { targets: scraped }, /does not serve the metric yet/],
    [
      "the adapter's rule beside another's Prometheus",
      { targets: undefined },
      /does not serve the metric yet/,
    ],
    ["the adapter's series", { targets: undefined, served: [CONCURRENCY_METRIC] }, /not for this service/],
    ["the autoscaler's turn", { podsWithSignal: ["a"] }, /has not read the metric yet/],
  ])("names the broken link: %s", (_, over, sentence) => {
    expect(says(over)).toMatch(sentence);
  });

  it("takes no value for live that is left from before", () => {
    const condition = { type: "ScalingActive", status: "False", reason: "FailedGetResourceMetric" };
    const autoscaler = { ...half, status: { ...half.status, desiredReplicas: 3, conditions: [condition] } };
    expect(scalingStatus({ ...facts, autoscaler }).map(({ live }) => live)).toEqual([false, false]);
  });

  it("says that it is off where there are no replicas, and no pod to blame", () => {
    const condition = { type: "ScalingActive", status: "False", reason: "ScalingDisabled", message: "off" };
    const autoscaler = { ...half, status: { desiredReplicas: 0, conditions: [condition] } };
    for (const { says } of scalingStatus({ ...facts, autoscaler })) {
      expect(says).toMatch(/no replicas/);
    }
  });

  it("tells of a metric that the program does not know", () => {
    const pods = { ...concurrency.pods, metric: { name: "queue_length" } };
    const autoscaler = { ...half, spec: { ...half.spec, metrics: [{ type: "Pods", pods }] } };
    expect(scalingStatus({ ...facts, autoscaler } as ScalingFacts)).toEqual([
      { name: "queue_length", live: false, says: expect.stringMatching(/a metric other than/) as string },
    ]);
  });

  it("has the autoscaler's own words where everything else is well", () => {
    const condition = { type: "ScalingActive", status: "False", message: "pods are not ready" };
    const autoscaler = { ...half, status: { desiredReplicas: 1, conditions: [condition] } };
    const [first, second] = scalingStatus({ ...facts, autoscaler, podsWithSignal: ["a"] });
    expect(first?.says).toBe("The autoscaler says: pods are not ready");
    expect(second?.live).toBe(false);
  });

  it("says what to install where the cluster has no metrics at all", () => {
    const autoscaler = { ...half, status: { desiredReplicas: 1 } };
    expect(scalingStatus({ ...facts, autoscaler, resourceApi: "missing" })[0]?.says).toMatch(
      /metrics-server/,
    );
  });
});
