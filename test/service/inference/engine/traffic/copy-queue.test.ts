import { beforeEach, describe, expect, it, vi } from "vitest";
import { CopyMemory } from "#service/inference/engine/traffic/copy-memory.js";
import { CopyQueue, type CopiedModel } from "#service/inference/engine/traffic/copy-queue.js";
import { VersionFigures } from "#service/inference/engine/traffic/version-figures.js";
import type { InferenceRequest, InferenceResult } from "#service/inference/engine/engine.js";
import type { ServedVersion } from "#service/inference/engine/served-version.js";
import { ServiceError } from "#service/server/errors.js";
import { floats } from "../repository-fixture.js";

const outputs = { y: floats([1, 1], [1]) };
const result: InferenceResult = { outputs, queueMilliseconds: 0, computeMilliseconds: 0, batchRows: 1 };

let isIdle: boolean;
let runs: ((request: InferenceRequest) => Promise<InferenceResult>) | undefined;
let ran: number;
let most: number;
let figures: VersionFigures;

beforeEach(() => {
  [isIdle, runs, ran, most] = [true, () => Promise.resolve(result), 0, 0];
  figures = new VersionFigures();
});

function queue(memory = new CopyMemory()): CopyQueue {
  let running = 0;
  const runCopy = async (request: InferenceRequest): Promise<InferenceResult> => {
    running += 1;
    most = Math.max(most, running);
    try {
      return await (runs ?? (() => Promise.resolve(result)))(request);
    } finally {
      running -= 1;
      ran += 1;
    }
  };
  const served = { runCopy, config: {} } as unknown as ServedVersion;
  const model: CopiedModel = {
    get isIdle() {
      return isIdle;
    },
    ready: () => (runs ? served : undefined),
  };
  return new CopyQueue(model, memory, () => undefined);
}
function offer(to: CopyQueue, values = 4): void {
  const inputs = { x: floats([1, values], new Array<number>(values).fill(0)) };
  to.offer({ inputs, wanted: undefined, answer: { outputs, postprocess: undefined }, version: "2", figures });
}

describe("copies", () => {
  it("run one at a time", async () => {
    const copies = queue();
    for (let count = 0; count < 10; count += 1) {
      offer(copies);
    }
    await vi.waitFor(() => expect(figures.copies).toEqual({ compared: 10, failed: 0, dropped: 0 }));
    expect(most).toBe(1);
  });

  it("wait while the model is busy, and give way to a request that comes first", async () => {
    isIdle = false;
    const copies = queue();
    offer(copies);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(ran).toBe(0);
    isIdle = true;
    let tries = 0;
    runs = ({ cancellation }) => {
      expect(cancellation?.cancelled).toBe(false);
      tries += 1;
      const gone = new ServiceError("client_closed_request", "The request was dropped.");
      return tries === 1 ? Promise.reject(gone) : Promise.resolve(result);
    };
    await vi.waitFor(() => expect(figures.copies.compared).toBe(1));
    expect(tries).toBe(2);
  });

  it("are dropped when there is no room, and make room when they are done", async () => {
    isIdle = false;
    const memory = new CopyMemory(100);
    const copies = queue(memory);
    offer(copies, 25);
    expect(figures.copies.dropped).toBe(1);
    offer(copies, 20);
    offer(copies, 20);
    expect(figures.copies.dropped).toBe(2);
    isIdle = true;
    await vi.waitFor(() => expect(figures.copies.compared).toBe(1));
    await vi.waitFor(() => expect(memory.take(100)).toBe(true));
  });

  it("are dropped when too many wait, when nothing takes them, and when the model goes", async () => {
    isIdle = false;
    const copies = queue();
    for (let count = 0; count < 300; count += 1) {
      offer(copies, 1);
    }
    expect(figures.copies.dropped).toBe(44);
    copies.clear();
    expect(figures.copies.dropped).toBe(300);
    [isIdle, runs] = [true, undefined];
    offer(copies);
    await vi.waitFor(() => expect(figures.copies.dropped).toBe(301));
  });

  it("that fail are counted, and the next runs", async () => {
    runs = () => Promise.reject(new ServiceError("internal", "It failed."));
    const copies = queue();
    offer(copies);
    offer(copies);
    await vi.waitFor(() => expect(figures.copies.failed).toBe(2));
  });
});
