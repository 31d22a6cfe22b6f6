import { PATHS } from "@ai-model-service/contract/http";
import { METRICS } from "@ai-model-service/contract/metrics";
import { OBJECTIVE_ROUTES } from "@ai-model-service/contract/objectives";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { adapterRule } from "#infra/monitoring/adapter-rule.js";
import { fill, metricNames } from "./promql.js";

const rule = adapterRule(40);

it("is documented for those who keep an adapter of their own", () => {
  const [, yaml = ""] = /```yaml\n(.*?)```/s.exec(readFileSync("docs/monitoring.md", "utf8")) ?? [];
  expect(parse(yaml)).toEqual([rule]);
});

it("counts the routes of the objectives, and none beside them", () => {
  const [, pattern = ""] = /route=~"([^"]*)"/.exec(rule.metricsQuery) ?? [];
  const uncounted = [...Object.values(PATHS), "/v2/models/:model", "/v1/models/:model", "unmatched"];
  const routes = [...OBJECTIVE_ROUTES, ...uncounted];
  expect(new Set(routes.filter((route) => new RegExp(`^(?:${pattern})$`).test(route)))).toEqual(
    new Set(OBJECTIVE_ROUTES),
  );
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
