import { Registry } from "prom-client";
import { RESULTS_METRICS } from "@ai-model-service/contract/metrics";
import { afterEach, describe, expect, it } from "vitest";
import { createRoutes } from "#service/results/create-service.js";
import type { ResultsMetrics } from "#service/results/results-metrics.js";
import { readSettings } from "#service/results/settings.js";
import type { Store } from "#service/results/store/store.js";
import { nameOf } from "#service/server/http/route.js";
import { Lifecycle } from "#service/server/life/lifecycle.js";
import { ResultsFixture } from "./results-fixture.js";

describe("the routes of the results service", () => {
  const routes = createRoutes({
    settings: readSettings({}),
    // No route asks these before a request comes.
    store: {} as Store,
    metrics: {} as ResultsMetrics,
    now: () => 0,
    registry: new Registry(),
    lifecycle: new Lifecycle(),
  });
  const of = (access: string) =>
    routes.filter((route) => route.access === access).map((route) => `${route.method} ${nameOf(route)}`);

  it("that read or delete are the administrator's", () => {
    expect(of("administrator").sort()).toEqual([
      "GET /metrics",
      "GET /v1/results",
      "GET /v1/results/export",
      "POST /v1/deletions",
      "POST /v1/drift",
    ]);
  });

  it("that only take something in are open to whoever has a key, and health to anybody", () => {
    expect(of("key").sort()).toEqual(["POST /v1/decide", "POST /v1/events", "POST /v1/results"]);
    expect(of("anybody").sort()).toEqual(["GET /livez", "GET /readyz"]);
  });
});

describe("the results service", () => {
  let service: ResultsFixture;
  afterEach(() => service.stop());

  it("lets in by the keys of its settings", async () => {
    service = await ResultsFixture.start({ API_KEYS: "send", ADMIN_API_KEYS: "read" });
    const statusOf = async (path: string, key: string, body?: unknown) =>
      (body === undefined
        ? await service.get(path, { headers: { "x-api-key": key } })
        : await service.post(path, body, { "x-api-key": key })
      ).status;
    const results = { results: [{ id: "a", model: "m" }] };
    expect(await statusOf("/v1/results", "send", results)).toBe(200);
    expect(await statusOf("/v1/results", "wrong", results)).toBe(401);
    expect(await statusOf("/v1/results", "send")).toBe(403);
    expect(await statusOf("/v1/results/export", "send")).toBe(403);
    expect(await statusOf("/v1/deletions", "send", { ids: ["a"] })).toBe(403);
    expect(await statusOf("/v1/results", "read")).toBe(200);
  });

  it("reads and deletes on the administrators' port alone, where there is one", async () => {
    service = await ResultsFixture.start({ ADMIN_PORT: "0" });
    expect((await service.get("/v1/results")).status).toBe(404);
    expect((await service.get("/v1/results/export")).status).toBe(404);
    expect((await service.administer("/v1/results")).status).toBe(200);
    expect((await service.post("/v1/results", { results: [{ id: "a", model: "m" }] })).status).toBe(200);
  });

  it("is described at /openapi.json, and shown at /docs", async () => {
    service = await ResultsFixture.start();
    const document = (await (await service.get("/openapi.json")).json()) as {
      info: { title: string };
      paths: object;
    };
    expect(document.info.title).toBe("AI Model Service: results");
    expect(Object.keys(document.paths).sort()).toEqual([
      "/livez",
      "/metrics",
      "/readyz",
      "/v1/decide",
      "/v1/deletions",
      "/v1/drift",
      "/v1/events",
      "/v1/results",
      "/v1/results/export",
    ]);
    expect((await service.get("/docs")).status).toBe(200);
  });

  it("emits the metrics of the contract", async () => {
    service = await ResultsFixture.start();
    await service.put({ id: "a", model: "m" }, { id: "a", model: "m" });
    await service.post("/v1/deletions", { ids: ["a"] });
    const metrics = await (await service.get("/metrics")).text();
    for (const name of Object.values(RESULTS_METRICS)) {
      expect(metrics).toContain(`# HELP ${name} `);
    }
    expect(metrics).toContain(`${RESULTS_METRICS.resultsReceived}{source="api"} 2`);
    expect(metrics).toContain(`${RESULTS_METRICS.resultsStored} 1`);
    expect(metrics).toContain(`${RESULTS_METRICS.resultsDeleted}{reason="request"} 1`);
    expect(metrics).toContain(`${RESULTS_METRICS.resultsCommitDuration}_count 1`);
  });

  it("is live, and ready while its database answers", async () => {
    service = await ResultsFixture.start();
    expect((await service.get("/livez")).status).toBe(200);
    expect((await service.get("/readyz")).status).toBe(200);
    service.lifecycle.drain();
    expect((await service.get("/readyz")).status).toBe(503);
  });
});
