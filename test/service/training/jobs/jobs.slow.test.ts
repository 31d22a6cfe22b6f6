import { readFile } from "node:fs/promises";
import { performance } from "node:perf_hooks";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parseModelConfig } from "#service/models/config-file.js";
import { launch, type JobProcess, type Launch } from "#service/training/jobs/launch.js";
import { DIGITS_CONFIG } from "#service/training/recipes/digits/work.js";
import { dataSet, folderOf } from "../recipes/digits/idx-files.js";
import { bundledDigits } from "#service/training/recipes/digits/bundled-digits.js";
import { pick } from "#service/training/recipes/digits/digits.js";
import { TrainingFixture, type JobAnswer } from "../training-fixture.js";

const processes: JobProcess[] = [];
const watched: Launch = (options) => {
  const process = launch(options);
  processes.push(process);
  return process;
};

const { train, heldOut } = bundledDigits();
function some(count: number, step: number) {
  return Array.from({ length: count }, (_, index) => index * step);
}
const folder = folderOf(dataSet(pick(train, some(400, 20)), pick(heldOut, some(199, 10))));
const environment = { DATA_FOLDER: folder };

let training: TrainingFixture;
beforeEach(async () => {
  processes.length = 0;
  training = await TrainingFixture.start(environment, watched);
});
afterEach(() => training.dispose());

const PATIENCE = { timeout: 60_000, interval: 50 };

function until(id: string, is: (job: JobAnswer) => boolean): Promise<JobAnswer> {
  return vi.waitFor(async () => {
    const job = await training.get(`/v1/jobs/${id}`);
    expect(is(job), `${job.state}: ${job.reason}`).toBe(true);
    return job;
  }, PATIENCE);
}
function hasEnded({ state }: JobAnswer): boolean {
  return state !== "queued" && state !== "running";
}
function request(parameters: object, more: object = {}): object {
  return {
    recipe: "digits",
    data: { path: "." },
    parameters: { copies: 1, batchSize: 16, ...parameters },
    ...more,
  };
}
async function model(id: string): Promise<Buffer> {
  return Buffer.from(await (await training.fetch(`/v1/jobs/${id}/artifacts/model.onnx`)).arrayBuffer());
}

describe("a job in a process of its own", { timeout: 180_000 }, () => {
  it("gives the same model when the service was stopped in the middle, and answers all the while", async () => {
    const whole = await training.post("/v1/jobs", request({ epochs: 6 }, { model: "digits" }));
    let slowest = 0;
    await vi.waitFor(async () => {
      const before = performance.now();
      await training.fetch("/livez");
      slowest = Math.max(slowest, performance.now() - before);
      expect(hasEnded(await training.get(`/v1/jobs/${whole.id}`))).toBe(true);
    }, PATIENCE);
    expect(slowest).toBeLessThan(1000);
    expect((await training.get(`/v1/jobs/${whole.id}`)).result?.published).toMatchObject({
      version: "1",
      promoted: true,
    });

    const cut = await training.post("/v1/jobs", request({ epochs: 6 }, { model: "digits" }));
    await until(cut.id, ({ epochs }) => epochs.length >= 2);
    await training.down();
    await training.up(environment, watched);
    const resumed = await until(cut.id, hasEnded);
    expect(resumed.states.map(({ state }) => state)).toEqual([
      "queued",
      "running",
      "queued",
      "running",
      "succeeded",
    ]);
    expect((await model(cut.id)).equals(await model(whole.id))).toBe(true);
    expect(resumed.result?.gate).toMatchObject({ passed: true, against: "1" });
    const log = await (await training.fetch(`/v1/jobs/${cut.id}/logs`)).text();
    expect(log.match(/epoch 1\/6/g)).toHaveLength(2);
    const manifest = JSON.parse(
      await readFile(`${training.models}/digits/2/manifest.json`, "utf8"),
    ) as object;
    expect(manifest).toMatchObject({
      files: { "model.onnx": { bytes: (await model(cut.id)).length } },
      metrics: { accuracy: expect.any(Number) as number, heldOutRows: 199 },
      lineage: { job: cut.id, recipe: "digits", parent: "1", parameters: { epochs: 6 } },
    });
    const config = parseModelConfig(await readFile(`${training.models}/digits/config.json`, "utf8"));
    expect(config).toMatchObject({ ...DIGITS_CONFIG, labels: { stable: "2" } });
  });

  it("is not promoted when it is worse on the same digits", async () => {
    const good = await training.post("/v1/jobs", request({ epochs: 6 }, { model: "digits" }));
    await until(good.id, hasEnded);
    const bad = await training.post(
      "/v1/jobs",
      request({ epochs: 1, learningRate: 0.000001 }, { model: "digits" }),
    );
    const worse = await until(bad.id, hasEnded);
    expect(worse.state).toBe("succeeded");
    expect(worse.result?.published).toMatchObject({ version: "2", promoted: false });
    expect(worse.reason).toMatch(
      /not promoted. It is worse beyond the 95 % interval: its error rate is 0\.\d{4}, that of version 1/,
    );
    expect(parseModelConfig(await readFile(`${training.models}/digits/config.json`, "utf8")).labels).toEqual({
      stable: "1",
    });
  });

  it("is cancelled within seconds, and a process that is killed is a failed job", async () => {
    const first = await training.post("/v1/jobs", request({ epochs: 1000 }));
    const second = await training.post("/v1/jobs", request({ epochs: 1000 }));
    await until(first.id, ({ epochs }) => epochs.length >= 1);
    const before = performance.now();
    expect((await training.post(`/v1/jobs/${first.id}/cancel`)).state).toBe("cancelled");
    expect(performance.now() - before).toBeLessThan(5000);
    await until(second.id, ({ epochs }) => epochs.length >= 1);
    processes.at(-1)?.kill();
    expect(await until(second.id, hasEnded)).toMatchObject({
      state: "failed",
      reason: expect.stringContaining("killed (SIGKILL)") as string,
    });
    const third = await training.post("/v1/jobs", {
      recipe: "digits",
      data: { path: "train-images-idx3-ubyte" },
    });
    expect(await until(third.id, hasEnded)).toMatchObject({
      state: "failed",
      reason: expect.stringContaining("is not a folder that can be read") as string,
    });
  });
});
