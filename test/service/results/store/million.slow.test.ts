import { monitorEventLoopDelay } from "node:perf_hooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Filters, Position } from "#service/results/store/filters.js";
import type { NewResult } from "#service/results/store/stored-result.js";
import type { Store } from "#service/results/store/store.js";
import { openStore, temporaryFile } from "./store-fixture.js";

const MANY = 1_000_000;
const BATCH = 1000;

/** A million results over ten days: a model that was replaced half-way, and a rare one. */
function made(index: number): NewResult {
  const isRare = index % 10_007 === 0;
  const label = String((index * 7919) % 10);
  return {
    id: `${((index * 2654435761) % 4294967296).toString(16)}-${index}`,
    time: index * 864,
    model: isRare ? "rare" : "digits",
    version: index < MANY / 2 ? "1" : "2",
    label,
    // A label that is never rejected, and a decision that is rare.
    decision: label !== "3" && index % 997 === 0 ? "reject" : index % 20 === 0 ? "review" : "accept",
    probability: (index % 1000) / 1000,
    top: JSON.stringify([{ label, probability: (index % 1000) / 1000 }]),
    subject: index % 3 === 0 ? `subject-${index % 50_000}` : undefined,
  };
}

describe("a million results", () => {
  const { file, remove } = temporaryFile();
  let store: Store;
  let seconds = 0;

  beforeAll(async () => {
    store = await openStore(file);
    const started = performance.now();
    for (let at = 0; at < MANY; at += 20 * BATCH) {
      const batches = Array.from({ length: 20 }, (_, batch) =>
        Array.from({ length: BATCH }, (__, index) => made(at + batch * BATCH + index)),
      );
      await Promise.all(batches.map((results) => store.add({ results, exchanges: [] })));
    }
    seconds = (performance.now() - started) / 1000;
  }, 300_000);
  afterAll(async () => {
    await store.close();
    remove();
  });

  it("are written at some thousands a second, on a machine that others may keep busy", () => {
    console.log(`${Math.round(MANY / seconds)} results a second, each on the disk`);
    expect(MANY / seconds).toBeGreaterThan(3000);
  });

  const half = (MANY / 2) * 864;
  const cases: [Filters, Position | undefined][] = [
    [{}, undefined],
    [{}, { time: half, seq: 1 }],
    [{ model: "digits" }, undefined],
    [{ model: "rare" }, undefined],
    [{ model: "digits", version: "1" }, undefined],
    [{ model: "rare", version: "1", label: "4" }, undefined],
    [{ model: "none" }, undefined],
    [{ version: "1" }, { time: half / 2, seq: 1 }],
    [{ label: "3" }, undefined],
    [{ label: "3", decision: "reject" }, undefined],
    [{ decision: "reject" }, undefined],
    [
      { decision: "reject", version: "1" },
      { time: half / 3, seq: 1 },
    ],
    [{ from: half, to: half + 86_400 }, undefined],
    [{ from: half, to: half + 86_400, model: "rare" }, undefined],
    [{ to: 864_000, decision: "review" }, undefined],
    [{ id: made(123_456).id }, undefined],
  ];
  it.each(cases)("by %j, from %j on, are found within 100 ms", async (filters, after) => {
    let best = Infinity;
    for (let round = 0; round < 5; round += 1) {
      const started = performance.now();
      await store.find(filters, after, 1000);
      best = Math.min(best, performance.now() - started);
    }
    expect(best).toBeLessThan(100);
  });

  it("are scanned without holding the event loop", async () => {
    const loop = monitorEventLoopDelay({ resolution: 5 });
    loop.enable();
    let count = 0;
    for await (const rows of store.scan({ decision: "review" })) {
      count += rows.length;
    }
    loop.disable();
    expect(count).toBeGreaterThan(40_000);
    expect(loop.max / 1e6).toBeLessThan(100);
  });

  it("take little memory", () => {
    expect(process.memoryUsage().rss).toBeLessThan(512 * 2 ** 20);
  });
});
