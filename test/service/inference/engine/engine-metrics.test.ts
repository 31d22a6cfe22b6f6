import { METRICS } from "@ai-model-service/contract/metrics";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Engine, VersionTraffic } from "#service/inference/engine/engine.js";
import { add, broken } from "../../../models/index.js";
import { quadrants, quadrantsConfig } from "../../../models/pictures.js";
import { floats, RepositoryFixture } from "./repository-fixture.js";

let repository: RepositoryFixture;

beforeEach(async () => {
  repository = await RepositoryFixture.create();
});
afterEach(() => repository.dispose());

const inputs = { a: floats([1, 4], [1, 2, 3, 4]), b: floats([1, 4], [0, 0, 0, 0]) };
async function linesOf(name: string): Promise<string[]> {
  return (await repository.registry.metrics()).split("\n").filter((line) => line.startsWith(name));
}

/** Those that others emit: the HTTP server with its keys, and the result processing. */
const ELSEWHERE: readonly string[] = [
  METRICS.apiKeyRequests,
  METRICS.httpRequestDuration,
  METRICS.httpRequestsInFlight,
  METRICS.httpBytesInFlight,
  METRICS.logLinesDropped,
  METRICS.apiKeyRequests,
  METRICS.predictionConfidence,
  METRICS.predictions,
  // Of requests that fell back, of which there are none here.
  METRICS.trafficFallbacks,
];

async function shadowsOf(engine: Engine): Promise<VersionTraffic[]> {
  return (await engine.traffic("quadrants")).filter(({ shadow }) => shadow > 0);
}

describe("the engine's metrics", () => {
  it("are those of the contract, each with samples", async () => {
    const pixels = floats(
      [1, 16],
      Array.from({ length: 16 }, () => 1),
    );
    await repository.putModel("quadrants", "1", quadrants());
    await repository.putModel("quadrants", "2", quadrants());
    await repository.putConfig("quadrants", {
      ...quadrantsConfig,
      labels: { stable: "1" },
      traffic: { stable: 100, "3": 0 },
      shadow: { version: "2", percent: 100 },
    });
    const engine = await repository.started();
    const model = engine.defaultModel({ affinity: undefined });
    const { startCopy } = await model.infer({ inputs: { pixels } });
    startCopy?.();
    await vi.waitFor(async () => {
      const [{ copies } = { copies: undefined }] = await shadowsOf(engine);
      expect(copies?.compared).toBe(1);
    });
    expect(await linesOf(METRICS.trafficFallbacks)).toEqual([]);
    for (const name of Object.values(METRICS).filter((metric) => !ELSEWHERE.includes(metric))) {
      expect(await linesOf(name), name).not.toEqual([]);
    }
  });

  it("count requests, batches and rows", async () => {
    await repository.putModel("add", "1", add());
    const engine = await repository.started();
    const model = engine.defaultModel();
    await Promise.all([1, 2, 3].map(() => model.infer({ inputs })));
    await model.infer({ inputs: {} }).catch(() => undefined);
    const labels = 'model="add",version="1"';
    expect(await linesOf(METRICS.inferenceRequests)).toEqual(
      expect.arrayContaining([
        `inference_requests_total{${labels},outcome="success"} 3`,
        `inference_requests_total{${labels},outcome="client_error"} 1`,
      ]),
    );
    expect(await linesOf(METRICS.inferenceBatches)).toContain(
      `inference_batches_total{${labels},reason="idle"} 1`,
    );
    const rows = await linesOf(METRICS.inferenceBatchRows);
    expect(rows).toEqual(
      expect.arrayContaining([
        `inference_batch_rows_bucket{${labels},le="2"} 0`,
        `inference_batch_rows_bucket{${labels},le="4"} 1`,
        `inference_batch_rows_bucket{${labels},le="+Inf"} 1`,
        `inference_batch_rows_sum{${labels}} 3`,
        `inference_batch_rows_count{${labels}} 1`,
      ]),
    );
    expect(await linesOf(METRICS.inferenceDuration)).toContain(
      `inference_request_duration_seconds_count{${labels}} 3`,
    );
  });

  it("tell of versions that were refused", async () => {
    await repository.putModel("bad", "1", broken());
    await repository.started();
    const labels = 'model="bad",version="1"';
    expect(await linesOf(METRICS.modelReady)).toEqual([`inference_model_ready{${labels}} 0`]);
    expect(await linesOf(`${METRICS.modelLoadFailed}{`)).toEqual([
      `inference_model_load_failed{${labels}} 1`,
    ]);
    expect(await linesOf(METRICS.modelLoadFailures)).toEqual([
      `inference_model_load_failures_total{${labels}} 1`,
    ]);
  });

  it("have no series of a version that is unloaded", async () => {
    await repository.putModel("add", "1", add());
    const engine = await repository.started();
    await engine.unload("add");
    expect(await linesOf(METRICS.modelMemory)).toEqual([]);
    expect(await linesOf(METRICS.inferenceBatchRows)).toEqual([]);
    expect(await linesOf(METRICS.modelReady)).toEqual(['inference_model_ready{model="add",version="1"} 0']);
    expect(() => engine.resolve({ name: "add" })).toThrow(/unloaded/);
    expect(await linesOf(METRICS.inferenceRejections)).toContain(
      'inference_rejections_total{model="add",reason="not_ready"} 1',
    );
  });
});
