import { PATHS } from "@ai-model-service/contract/http";
import { METRICS } from "@ai-model-service/contract/metrics";
import { OBJECTIVE_ROUTES } from "@ai-model-service/contract/objectives";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { adapterRule } from "#infra/monitoring/adapter-rule.js";
import { concurrency } from "#infra/monitoring/inference-queries.js";
import { LABELS, series } from "./expect-alerts.js";
import { fill, metricNames } from "./promql.js";
import { promtoolIsThere, testRules } from "./promtool.js";

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

describe.skipIf(!promtoolIsThere)("the value, by promtool", () => {
  const [FIRST, SECOND] = ["inference-admin", "public"].map((service) => ({
    ...LABELS.pod,
    service,
    endpoint: service,
    instance: `${service}:8002`,
    job: service,
  }));
  const request = { method: "POST", route: "/predict", code: "200" };

  /** Expects the signal of the one pod to be this number, from series of which each is scraped in these ways. */
  function expectSignal(
    ways: object[],
    { busy, pending }: { busy: number; pending: number },
    signal: number,
  ) {
    const query = `(${concurrency('namespace="shop"', "namespace, pod", "2m")})`;
    const alert = (name: string, expr: string) => ({
      alert: name,
      expr,
      labels: { severity: "warning" as const },
      annotations: { summary: "", description: "" },
    });
    const rules = [
      alert("Some", `${query} > ${signal - 0.1}`),
      alert("TooMuch", `${query} > ${signal + 0.1}`),
    ];
    const input_series = ways.flatMap((way) => [
      series(`${METRICS.httpRequestDuration}_sum`, { ...way, ...request }, `0+${busy * 30}x20`),
      series(`${METRICS.httpRequestDuration}_sum`, { ...way, ...request, code: "503" }, `0+${busy * 30}x20`),
      series(METRICS.inferenceRequestsPending, { ...way }, `${pending}x20`),
    ]);
    const fires = [{ exp_labels: { namespace: "shop", pod: LABELS.pod.pod, severity: "warning" } }];
    testRules(
      [{ name: "signal", rules }],
      [
        {
          input_series,
          alert_rule_test: [
            { eval_time: "10m", alertname: "Some", exp_alerts: fires },
            { eval_time: "10m", alertname: "TooMuch", exp_alerts: [] },
          ],
        },
      ],
    );
  }

  it.each([
    ["one Service", [FIRST]],
    ["two Services of the same pods", [FIRST, SECOND]],
  ])("is the true number of requests through %s", (_, ways) => {
    expectSignal(ways as object[], { busy: 6, pending: 2 }, 6);
    expectSignal(ways as object[], { busy: 1, pending: 5 }, 5);
  });
});

it("queries requests in the server over the window, of the pods that are asked for", () => {
  expect([...metricNames(fill(rule.metricsQuery))].sort()).toEqual([
    `${METRICS.httpRequestDuration}_sum`,
    METRICS.inferenceRequestsPending,
  ]);
  expect(rule.metricsQuery.match(/\{<<\.LabelMatchers>>[^}]*\}\[40s\]/g)).toHaveLength(3);
});
