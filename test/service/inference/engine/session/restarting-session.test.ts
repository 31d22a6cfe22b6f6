import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  openRestartingSession,
  type RestartObserver,
} from "#service/inference/engine/session/restarting-session.js";
import { openHostedSession } from "#service/inference/engine/session/hosted-session.js";
import { startThread } from "#service/inference/engine/session/session-host.js";
import { identity, slow } from "../../../../models/index.js";
import { floats } from "../repository-fixture.js";

let folder: string;
const threads: Worker[] = [];
function remember(worker: Worker): void {
  return void threads.push(worker);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "session-"));
  process.on("worker", remember);
});
afterEach(async () => {
  process.off("worker", remember);
  threads.splice(0);
  await rm(folder, { recursive: true });
});

async function file(model: Uint8Array): Promise<string> {
  const path = join(folder, "model.onnx");
  await writeFile(path, model);
  return path;
}

/** Notes what it is told, and lets a test wait for the next. */
class Notes implements RestartObserver {
  readonly lines: string[] = [];
  private wake: () => void = () => undefined;

  onDeath(reason: string): void {
    this.note(`died: ${reason}`);
  }

  onRestart(): void {
    this.note("restarted");
  }

  async until(line: string): Promise<void> {
    while (!this.lines.includes(line)) {
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  private note(line: string): void {
    this.lines.push(line);
    this.wake();
  }
}

describe("a session whose thread dies", () => {
  it("fails what ran with the reason, and computes what comes after on a new thread", async () => {
    const path = await file(slow(4, 128));
    const notes = new Notes();
    const session = await openRestartingSession(
      () => openHostedSession(path, { intraOpThreads: 1, runLimitSeconds: 60 }, startThread),
      notes,
    );
    const [first] = threads;
    const running = session.run([floats([64, 1], new Array<number>(64).fill(1))]);
    void first?.terminate();
    await expect(running).rejects.toMatchObject({
      code: "internal",
      message: "The model's thread ended with code 1.",
    });
    const [output] = await session.run([floats([1, 1], [1])]);
    expect(output?.shape).toEqual([1, 128]);
    expect(notes.lines).toEqual(["died: The model's thread ended with code 1.", "restarted"]);
    expect([session.failure, threads.length]).toEqual([undefined, 2]);
    await session.release();
  });

  it("says why it cannot come back, goes on trying, and can be released meanwhile", async () => {
    const path = await file(identity());
    const notes = new Notes();
    const session = await openRestartingSession(
      () => openHostedSession(path, { intraOpThreads: 1, runLimitSeconds: 60 }, startThread),
      notes,
    );
    await rm(path);
    void threads[0]?.terminate();
    await notes.until("died: The model's thread ended with code 1.");
    await expect(session.run([floats([1, 3], [1, 2, 3])])).rejects.toMatchObject({
      code: "model_not_ready",
      message: expect.stringContaining("model.onnx cannot be loaded") as string,
    });
    expect(session.failure).toContain("model.onnx cannot be loaded");
    await session.release();
    expect(notes.lines).toHaveLength(2);
  });

  it("is reported when it dies while it loads", async () => {
    process.once("worker", (worker: Worker) => void worker.terminate());
    await expect(
      openHostedSession(await file(identity()), { intraOpThreads: 1, runLimitSeconds: 60 }, startThread),
    ).rejects.toThrow(/^The model's thread ended with code \d\.$/);
  });
});
