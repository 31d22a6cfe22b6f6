import { LATENCY_BUCKETS_SECONDS, METRICS } from "@ai-model-service/contract/metrics";
import { PATHS } from "@ai-model-service/contract/http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adapterRule } from "#infra/monitoring/adapter-rule.js";
import { ruleGroups } from "#infra/monitoring/alerts/rule-groups.js";
import { dashboards } from "#infra/monitoring/dashboards/all-dashboards.js";
import { PREDICTION_ROUTES } from "#infra/monitoring/queries.js";
import { brightIn, quadrants, quadrantsConfig } from "../../models/pictures.js";
import { ServiceFixture } from "../../service/inference/service-fixture.js";
import { OTHERS } from "./known-metrics.js";
import { fill, metricNames, panelQueries, ruleExpressions } from "./promql.js";
import { ALERTS } from "./settings.js";

const groups = ruleGroups(ALERTS);
const recorded = new Set(
  groups.flatMap(({ rules }) => rules.flatMap((rule) => ("record" in rule ? [rule.record] : []))),
);
const { seriesQuery, metricsQuery } = adapterRule(40);
const queries = [
  ...ruleExpressions(groups).map(({ name, expr }) => ({ where: name, expr })),
  ...dashboards(ALERTS.objectives)
    .flatMap(panelQueries)
    .map(({ title, expr }) => ({ where: title, expr: fill(expr) })),
  { where: "the adapter's rule", expr: seriesQuery },
  { where: "the adapter's rule", expr: fill(metricsQuery) },
];

let service: ServiceFixture;
/** Samples of one scrape, in Prometheus's text format. */
let samples: string[];

beforeAll(async () => {
  service = await ServiceFixture.start(async (repository) => {
    await repository.putModel("quadrants", "1", quadrants());
    await repository.putModel("quadrants", "2", Buffer.from("no model"));
    await repository.putConfig("quadrants", quadrantsConfig);
  });
  const octets = { "content-type": "application/octet-stream" };
  await service.post(PATHS.predict, brightIn(2), octets);
  await service.post(PATHS.predict, "{", { "content-type": "application/json" });
  await service.get(PATHS.ready);
  const text = await (await service.get(PATHS.metrics)).text();
  samples = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
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

  it("labels predictions with a route that the objectives count, and probes and scrapes with one that they do not", () => {
    const counts = (route: string) => new RegExp(`^(?:${PREDICTION_ROUTES})$`).test(route);
    const routes = [...labelValues(`${METRICS.httpRequestDuration}_count`, "route")];
    expect(routes.filter(counts)).toEqual([PATHS.predict]);
    expect(routes).toContain(PATHS.ready);
  });

  it("says which version failed to load", () => {
    const failed = samples.filter((line) => line.startsWith(METRICS.modelLoadFailed) && line.endsWith(" 1"));
    expect(failed).toEqual([`${METRICS.modelLoadFailed}{model="quadrants",version="2"} 1`]);
  });
});
