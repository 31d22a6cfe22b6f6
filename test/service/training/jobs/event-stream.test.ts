import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TrainingFixture } from "../training-fixture.js";

let training: TrainingFixture;
let id: string;
beforeEach(async () => {
  training = await TrainingFixture.start();
  ({ id } = await training.post("/v1/jobs", { recipe: "digits" }));
  await vi.waitFor(() => expect(training.processes).toHaveLength(1));
});
afterEach(() => training.dispose());

function numbers(text: string): number[] {
  return [...text.matchAll(/^id: (\d+)$/gm)].map(([, number]) => Number(number));
}

function events(last?: string, init: RequestInit = {}): Promise<Response> {
  const headers: Record<string, string> = last === undefined ? {} : { "last-event-id": last };
  return training.fetch(`/v1/jobs/${id}/events`, { ...init, headers });
}

describe("a job's events", () => {
  it("are told from the first to the job's end, and to whoever comes back only what is new", async () => {
    const all = (await events()).text();
    const [process] = training.processes;
    process?.onMessage({ type: "progress", fraction: 0.1, epoch: 1, epochs: 2 });
    process?.onMessage({ type: "epoch", epoch: 1, epochs: 2, figures: { loss: 1, accuracy: null } });
    const later = (await events("2")).text();
    process?.end("It broke.");
    expect(numbers(await all)).toEqual([1, 2, 3, 4]);
    expect(await all).toMatch(/event: progress\ndata: \{"fraction":0.1/);
    expect(await all).toMatch(/"state":"failed","reason":"It broke\."/);
    expect(numbers(await later)).toEqual([3, 4]);
    expect(numbers(await (await events("4")).text())).toEqual([]);
    expect(numbers(await (await events("999")).text())).toEqual([]);
    expect((await events("-1")).status).toBe(400);
  });

  it("are the same after a restart", async () => {
    training.processes[0]?.onMessage({ type: "epoch", epoch: 1, epochs: 2, figures: { loss: 1 } });
    await training.down();
    await training.up();
    await vi.waitFor(() => expect(training.processes).toHaveLength(2));
    training.processes[1]?.onMessage({ type: "epoch", epoch: 1, epochs: 2, figures: { loss: 1 } });
    training.processes[1]?.end("It broke.");
    // Queued, running, epoch; queued and running again, failed.
    expect(numbers(await (await events("3")).text())).toEqual([4, 5, 6]);
  });

  it("let go of a client that goes, and of all when the service stops", async () => {
    const gone = new AbortController();
    await events(undefined, { signal: gone.signal });
    const stays = await events();
    await vi.waitFor(() => expect(training.streams).toBe(2));
    gone.abort();
    await vi.waitFor(() => expect(training.streams).toBe(1));
    const rest = stays.text().catch(() => "cut off");
    await training.down();
    expect(await rest).toBeDefined();
    expect(training.streams).toBe(0);
    await training.up();
  });

  it("are streamed to so many at once and no more", async () => {
    const gone = new AbortController();
    const open = await Promise.all(
      Array.from({ length: 64 }, () => events(undefined, { signal: gone.signal })),
    );
    expect(open.map(({ status }) => status)).toEqual(Array.from({ length: 64 }, () => 200));
    expect((await events()).status).toBe(429);
    gone.abort();
    await vi.waitFor(async () => {
      const again = await events(undefined, { signal: AbortSignal.timeout(2000) });
      expect(again.status).toBe(200);
      await again.body?.cancel();
    });
  });
});
