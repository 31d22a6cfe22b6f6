import { afterEach, expect, it } from "vitest";
import { RetentionJob } from "#service/results/retention-job.js";
import { ResultsFixture, type Page } from "./results-fixture.js";
import { SILENT } from "./store/store-fixture.js";

const DAY = 86_400_000;

let service: ResultsFixture;
afterEach(() => service.stop());

async function kept(): Promise<unknown[]> {
  const { results } = (await (await service.get("/v1/results?payloads=true")).json()) as Page;
  return results.map(({ id, input }) => [id, input]);
}

function job(retentionDays: number, payloadDays: number): { job: RetentionJob; deleted: number[] } {
  const deleted: number[] = [];
  const { store, clock } = service;
  const metrics = { deleted: (_: unknown, count: number) => void deleted.push(count) };
  const settings = { retentionDays, payloadDays };
  return { deleted, job: new RetentionJob({ settings, store, metrics, log: SILENT, now: () => clock.now }) };
}

it("deletes what is older than it may be, first what it carried", async () => {
  service = await ResultsFixture.start({ RESULTS_PAYLOAD_DAYS: "7" });
  const { job: retention, deleted } = job(30, 7);
  // The time of a prediction is whatever its sender says: what counts is when it came.
  await service.put({ id: "a", model: "m", input: 1, time: "2090-01-01T00:00:00Z" });
  service.clock.now += 7 * DAY;
  await retention.run();
  expect(await kept()).toEqual([["a", 1]]);
  await service.put({ id: "b", model: "m", input: 2 });
  service.clock.now += 1;
  await retention.run();
  expect(await kept()).toEqual([
    ["a", undefined],
    ["b", 2],
  ]);
  service.clock.now += 23 * DAY;
  await retention.run();
  expect(await kept()).toEqual([["b", undefined]]);
  expect(deleted).toEqual([0, 0, 1]);
});

it("keeps results for ever where the setting is 0", async () => {
  service = await ResultsFixture.start();
  await service.put({ id: "a", model: "m" });
  service.clock.now += 10_000 * DAY;
  await job(0, 0).job.run();
  expect(await kept()).toEqual([["a", undefined]]);
});

it("goes on after a round that failed", async () => {
  service = await ResultsFixture.start();
  const { job: retention } = job(1, 0);
  await service.store.close();
  await expect(retention.run()).resolves.toBeUndefined();
});
