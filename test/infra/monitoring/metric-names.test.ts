import { LATENCY_BUCKETS_SECONDS, METRICS } from "@ai-model-service/contract/metrics";
import { PATHS } from "@ai-model-service/contract/http";
import { OBJECTIVE_ROUTES } from "@ai-model-service/contract/objectives";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { adapterRule } from "#infra/monitoring/adapter-rule.js";
import { inferenceRules } from "#infra/monitoring/alerts/rule-groups.js";
import { inferenceDashboards } from "#infra/monitoring/dashboards/inference-dashboards.js";
import { brightIn, quadrants, quadrantsConfig } from "../../models/pictures.js";
import { ServiceFixture } from "../../service/inference/service-fixture.js";
import { OTHERS } from "./known-metrics.js";
import { fill, metricNames, panelQueries, ruleExpressions } from "./promql.js";
import { ALERTS } from "./settings.js";

const groups = inferenceRules(ALERTS);
const recorded = new Set(
  groups.flatMap(({ rules }) => rules.flatMap((rule) => ("record" in rule ? [rule.record] : []))),
);
const { seriesQuery, metricsQuery } = adapterRule(40);
const queries = [
  ...ruleExpressions(groups).map(({ name, expr }) => ({ where: name, expr })),
  ...inferenceDashboards(ALERTS.objectives)
    .flatMap(panelQueries)
    .map(({ title, expr }) => ({ where: title, expr: fill(expr) })),
  { where: "the adapter's rule", expr: seriesQuery },
  { where: "the adapter's rule", expr: fill(metricsQuery) },
];

let service: ServiceFixture;
/** Samples of one scrape, in Prometheus's text format. */
let samples: string[];

beforeAll(async () => {
  service = await ServiceFixture.start(
    async (repository) => {
      await repository.putModel("quadrants", "1", quadrants());
      await repository.putModel("quadrants", "2", Buffer.from("no model"));
      await repository.putModel("quadrants", "3", quadrants());
      await repository.putConfig("quadrants", {
        ...quadrantsConfig,
        labels: { stable: "1", canary: "2" },
        // The canary does not load, so that every request falls back.
        traffic: { stable: 0, canary: 100 },
        shadow: { version: "3", percent: 100 },
      });
    },
    { ADMIN_API_KEYS: "admin-key" },
  );
  const octets = { "content-type": "application/octet-stream" };
  const administrator = { headers: { "x-api-key": "admin-key" } };
  await (await service.get(PATHS.metrics, administrator)).text();
  await service.post(PATHS.predict, brightIn(2), octets);
  await service.post(PATHS.predict, "{", { "content-type": "application/json" });
  await service.post("/v2/models/quadrants/infer", "{", { "content-type": "application/json" });
  await service.post("/v1/models/quadrants:predict", "{", { "content-type": "application/json" });
  await service.get("/v2/models/quadrants");
  await service.get(PATHS.ready);
  await vi.waitFor(async () => {
    const text = await (await service.get(PATHS.metrics, administrator)).text();
    samples = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(samples.some((line) => line.startsWith(METRICS.shadowDistance))).toBe(true);
  });
});
afterAll(() => service.stop());

function emitted(): Set<string> {
  return new Set(samples.map((line) => line.replace(/[{ ].*$/, "")));
}
function labelValues(metric: string, label: string): Set<string> {
  return new Set(
    samples
      .filter((line) => line.startsWith(`${metric}{`))
      .flatMap((line) => new RegExp(`[{,]${label}="([^"]*)"`).exec(line)?.[1] ?? []),
  );
}

describe("every metric that is queried", () => {
  it.each(queries)("$where: is emitted by the server, recorded, or another's that is known", ({ expr }) => {
    const known = (name: string) => emitted().has(name) || recorded.has(name) || name in OTHERS;
    expect([...metricNames(expr)].filter((name) => !known(name))).toEqual([]);
  });

  it("is known of others only where it is used", () => {
    const used = new Set(queries.flatMap(({ expr }) => [...metricNames(expr)]));
    expect(Object.keys(OTHERS).filter((name) => !used.has(name))).toEqual([]);
  });
});

describe("the server", () => {
  it("emits every metric of the contract", () => {
    const bases = new Set([...emitted()].flatMap((name) => [name, name.replace(/_(bucket|sum|count)$/, "")]));
    expect(Object.values(METRICS).filter((name) => !bases.has(name))).toEqual([]);
  });

  it("has a bucket for every latency that an objective may name", () => {
    const edges = labelValues(`${METRICS.httpRequestDuration}_bucket`, "le");
    expect(edges).toEqual(new Set([...LATENCY_BUCKETS_SECONDS.map(String), "+Inf"]));
  });

  it("labels predictions with the routes that the objectives count, and everything else with others", () => {
    const routes = labelValues(`${METRICS.httpRequestDuration}_count`, "route");
    const others = [...routes].filter((route) => !OBJECTIVE_ROUTES.some((counted) => counted === route));
    expect(routes).toEqual(new Set([...OBJECTIVE_ROUTES, ...others]));
    expect(others.sort()).toEqual([PATHS.metrics, PATHS.ready, "/v2/models/:model"]);
  });

  it("says which version failed to load", () => {
    const failed = samples.filter((line) => line.startsWith(METRICS.modelLoadFailed) && line.endsWith(" 1"));
    expect(failed).toEqual([`${METRICS.modelLoadFailed}{model="quadrants",version="2"} 1`]);
  });
});
