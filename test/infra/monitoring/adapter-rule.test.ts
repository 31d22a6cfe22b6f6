import { METRICS } from "@ai-model-service/contract/metrics";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { adapterRule } from "#infra/monitoring/adapter-rule.js";
import { fill, metricNames } from "./promql.js";

const rule = adapterRule(40);

it("is what the documentation gives to those who keep an adapter of their own", () => {
  const [, yaml = ""] = /```yaml\n(.*?)```/s.exec(readFileSync("docs/monitoring.md", "utf8")) ?? [];
  expect(parse(yaml)).toEqual([rule]);
});

it("is found by a series that exists before the first request", () => {
  expect([...metricNames(rule.seriesQuery)]).toEqual([METRICS.inferenceRequestsPending]);
});

it("attaches the metric to pods, so that an idle pod counts as one", () => {
  expect(rule.resources.overrides).toEqual({
    namespace: { resource: "namespace" },
    pod: { resource: "pod" },
  });
});

it("queries requests in the server over the window, of the pods that are asked for", () => {
  expect([...metricNames(fill(rule.metricsQuery))].sort()).toEqual([
    `${METRICS.httpRequestDuration}_sum`,
    METRICS.inferenceRequestsPending,
  ]);
  expect(rule.metricsQuery.match(/\{<<\.LabelMatchers>>[^}]*\}\[40s\]/g)).toHaveLength(3);
});
