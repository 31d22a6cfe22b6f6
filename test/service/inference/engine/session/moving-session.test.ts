import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { MovingSession } from "#service/inference/engine/session/moving-session.js";
import type { Session } from "#service/inference/engine/session/session.js";

/** A session whose runs take as long as told. */
class Fake implements Session {
  readonly inputs = [];
  readonly outputs = [];
  readonly unservedOutputs = [];
  milliseconds = 0;
  runs = 0;
  released = false;

  constructor(readonly threaded: boolean) {}

  run(): Promise<[]> {
    this.runs += 1;
    const until = performance.now() + this.milliseconds;
    while (performance.now() < until) {
      // Computes.
    }
    return Promise.resolve([]);
  }

  release(): Promise<void> {
    this.released = true;
    return Promise.resolve();
  }
}

class Bench {
  readonly here = new Fake(false);
  readonly there = new Fake(true);
  readonly notes: string[] = [];
  readonly session: MovingSession;

  constructor(open: () => Promise<Session> = () => Promise.resolve(this.there)) {
    this.session = new MovingSession(this.here, open, {
      onMove: () => this.notes.push("moved"),
      onMoveFailed: (reason) => this.notes.push(`failed: ${reason}`),
    });
  }

  async run(milliseconds: number): Promise<void> {
    this.here.milliseconds = milliseconds;
    await this.session.run([]);
    await turn();
  }
}

describe("a session on the event loop's thread", () => {
  it("stays there while its runs are short, and when one is long now and then", async () => {
    const bench = new Bench();
    for (let round = 0; round < 4; round += 1) {
      await bench.run(25);
      for (let run = 0; run < 30; run += 1) {
        await bench.run(0);
      }
    }
    expect([bench.session.threaded, bench.notes]).toEqual([false, []]);
  });

  it("goes on elsewhere after one very long run", async () => {
    const bench = new Bench();
    await bench.run(70);
    expect([bench.session.threaded, bench.here.released, bench.notes]).toEqual([true, true, ["moved"]]);
    await bench.run(0);
    expect([bench.here.runs, bench.there.runs]).toEqual([1, 1]);
    await bench.session.release();
    expect(bench.there.released).toBe(true);
  });

  it("stays when it cannot move, and says why", async () => {
    const bench = new Bench(() => Promise.reject(new Error("No memory is left.")));
    await bench.run(70);
    await bench.run(70);
    expect([bench.session.threaded, bench.here.released]).toEqual([false, false]);
    expect(bench.notes).toEqual(["failed: No memory is left."]);
  });
});
