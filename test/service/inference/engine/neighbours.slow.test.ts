import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomFrom } from "#service/inference/engine/loading/random-inputs.js";
import { loadVersion } from "#service/inference/engine/loading/load-version.js";
import type { ServedVersion } from "#service/inference/engine/served-version.js";
import { ServiceError } from "#service/server/errors.js";
import type { Tensor } from "#service/tensors/tensor.js";
import { randomGraph, WIDTH, type Random } from "../../../models/random-graph.js";
import { floats, SERVING } from "./repository-fixture.js";

const GRAPHS = 300;
const CALLERS = 48;
const DEFAULTS = { ...SERVING, maxBatchSize: 32, queueRows: 8192, queueSeconds: 10 };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "neighbours-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function serve(bytes: Uint8Array): Promise<ServedVersion> {
  const path = join(folder, "model.onnx");
  await writeFile(path, bytes);
  return loadVersion(
    { version: "1", path, bytes: (await stat(path)).size, stamp: "" },
    { name: "m", config: {} },
    DEFAULTS,
  );
}

/** One row or a few; some callers' values are a hundred times as large as others'. */
function request(random: Random): Tensor {
  const rows = 1 + Math.floor(random() * 3);
  const size = random() < 0.2 ? 100 : 1;
  return floats(
    [rows, WIDTH],
    Array.from({ length: rows * WIDTH }, () => size * (2 * random() - 1)),
  );
}

async function answer(served: ServedVersion, x: Tensor): Promise<number[]> {
  const { outputs } = await served.infer({ inputs: { x } });
  return [...(outputs["y"]?.data as Float32Array)];
}

function expectAlike(together: readonly number[], alone: readonly number[], seed: number): void {
  expect(together.length).toBe(alone.length);
  const far = together.findIndex((value, index) => {
    const other = alone[index] ?? NaN;
    return Math.abs(value - other) > 1e-4 + 1e-3 * Math.abs(other);
  });
  expect([`graph ${seed}`, far]).toEqual([`graph ${seed}`, -1]);
}

describe("an answer", () => {
  it("is the same whoever else asks, in some hundred graphs", async () => {
    const counts = { joined: 0, alone: 0 };
    for (let seed = 1; seed <= GRAPHS; seed += 1) {
      const random = randomFrom(seed);
      const { bytes, touches } = randomGraph(random);
      const served = await serve(bytes);
      counts[served.batched ? "joined" : "alone"] += 1;
      // What mixes rows must never be joined; what does not is what people serve, and must be proved.
      expect([`graph ${seed}`, served.batched]).toEqual([`graph ${seed}`, !touches]);
      const requests = Array.from({ length: CALLERS }, () => request(random));
      const together = await Promise.all(requests.map((x) => answer(served, x)));
      for (const [caller, x] of requests.entries()) {
        expectAlike(together[caller] ?? [], await answer(served, x), seed);
      }
      await served.close(new ServiceError("shutting_down", "The test is over."));
    }
    expect(counts.joined).toBeGreaterThan(GRAPHS / 2);
    expect(counts.alone).toBeGreaterThan(GRAPHS / 5);
  });
});
