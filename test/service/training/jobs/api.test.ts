import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { eventsOf } from "#service/models/pointer/change-pointer.js";
import { FolderRecords } from "#service/models/pointer/folder-records.js";
import { parseManifest } from "#service/models/manifest.js";
import { TrainingFixture, type JobAnswer } from "../training-fixture.js";

let training: TrainingFixture;
beforeEach(async () => {
  training = await TrainingFixture.start();
});
afterEach(() => training.dispose());

const DIGITS = { recipe: "digits" };

async function running(count: number): Promise<void> {
  await vi.waitFor(() => expect(training.processes).toHaveLength(count));
}

function trained(passed = true) {
  const gate = { passed, reason: passed ? "It is better." : "It is worse." };
  return {
    type: "trained",
    gate,
    metrics: {},
    data: { source: "digits", sha256: "0" },
    config: undefined,
  } as const;
}

async function ended(id: string): Promise<JobAnswer> {
  return vi.waitFor(async () => {
    const job = await training.get(`/v1/jobs/${id}`);
    expect(["queued", "running"]).not.toContain(job.state);
    return job;
  });
}

describe("POST /v1/jobs", () => {
  it("queues a job with the recipe's defaults", async () => {
    const { status, id, parameters } = await training.post("/v1/jobs", {
      ...DIGITS,
      parameters: { epochs: 2 },
    });
    expect(status).toBe(201);
    expect(parameters).toEqual({ epochs: 2, batchSize: 128, copies: 7, learningRate: 0.002, seed: 1 });
    await running(1);
    expect(await training.get(`/v1/jobs/${id}`)).toMatchObject({
      state: "running",
      states: [{ state: "queued" }, {}],
    });
  });

  it.each([
    ["a recipe", { recipe: "diggits" }, /recipe "diggits"; there are digits, table/, "recipe"],
    [
      "a parameter",
      { ...DIGITS, parameters: { epoch: 2 } },
      /no parameter "epoch"; it has epochs, batchSize/,
      "parameters.epoch",
    ],
    ["a value", { ...DIGITS, parameters: { epochs: 0 } }, /parameters\.epochs: /, "parameters.epochs"],
    [
      "a kind of value",
      { ...DIGITS, parameters: { epochs: "2" } },
      /parameters\.epochs: /,
      "parameters.epochs",
    ],
    ["a member", { ...DIGITS, colour: "red" }, /colour/, undefined],
    ["an example", { ...DIGITS, data: { example: "cats" } }, /no example "cats"/, "data.example"],
    ["a data set", { ...DIGITS, data: { dataset: "../etc" } }, /no data set/, "data"],
    ["a path without DATA_FOLDER", { ...DIGITS, data: { path: "x" } }, /DATA_FOLDER/, "data.path"],
    ["a model's name", { ...DIGITS, model: "../models" }, /cannot be named/, "model"],
    ["the prototype's names", { recipe: "constructor" }, /no recipe "constructor"/, "recipe"],
  ])("names %s that there is not", async (_, body, error, path) => {
    const answer = await training.post("/v1/jobs", body);
    expect(answer.status).toBe(400);
    expect(answer.error).toMatch(error);
    expect(path === undefined ? path : answer.path).toBe(path);
    expect(training.processes).toHaveLength(0);
  });

  it("makes one job of one idempotency key, and refuses it for another request", async () => {
    const key = { "idempotency-key": "k-1" };
    const bodies = [
      { ...DIGITS, name: "one" },
      { name: "one", ...DIGITS },
    ];
    const [first, again] = await Promise.all(bodies.map((body) => training.post("/v1/jobs", body, key)));
    expect(again?.id).toBe(first?.id);
    expect([first?.status, again?.status].sort()).toEqual([200, 201]);
    const other = await training.post("/v1/jobs", { ...DIGITS, name: "two" }, key);
    expect([other.status, other.error]).toEqual([422, expect.stringContaining(first?.id ?? "none")]);
    expect((await training.post("/v1/jobs", DIGITS, { "idempotency-key": "a b" })).status).toBe(400);
  });

  it("refuses what is beyond the queue's length", async () => {
    await training.dispose();
    training = await TrainingFixture.start({ MAX_QUEUED_JOBS: "1" });
    await training.post("/v1/jobs", DIGITS);
    await training.post("/v1/jobs", DIGITS);
    expect(await training.post("/v1/jobs", DIGITS)).toMatchObject({ status: 503, code: "queue_full" });
  });
});

describe("running", () => {
  it("runs one at a time, in order, and tells progress, epochs and why a job ended", async () => {
    const first = await training.post("/v1/jobs", DIGITS);
    const second = await training.post("/v1/jobs", DIGITS);
    await running(1);
    const [process] = training.processes;
    process?.onMessage({ type: "progress", fraction: 0.5, epoch: 1, epochs: 2 });
    process?.onMessage({ type: "epoch", epoch: 1, epochs: 2, figures: { loss: 1 } });
    process?.onMessage({ type: "epoch", epoch: 1, epochs: 2, figures: { loss: 1 } });
    const job = await training.get(`/v1/jobs/${first.id}`);
    expect(job.progress?.fraction).toBe(0.5);
    expect(job.epochs).toHaveLength(1);
    expect((await training.get(`/v1/jobs/${second.id}`)).state).toBe("queued");
    process?.end("The job's process ran out of memory.");
    expect(await ended(first.id)).toMatchObject({
      state: "failed",
      reason: "The job's process ran out of memory.",
    });
    await running(2);
    training.processes[1]?.onMessage({ type: "failed", reason: "The file holds nothing." });
    training.processes[1]?.end();
    expect(await ended(second.id)).toMatchObject({ state: "failed", reason: "The file holds nothing." });
  });

  it("cancels what waits and what runs, and not what has ended", async () => {
    const first = await training.post("/v1/jobs", DIGITS);
    const second = await training.post("/v1/jobs", DIGITS);
    await running(1);
    expect(await training.post(`/v1/jobs/${second.id}/cancel`)).toMatchObject({
      status: 200,
      state: "cancelled",
    });
    expect(await training.post(`/v1/jobs/${first.id}/cancel`)).toMatchObject({
      status: 200,
      state: "cancelled",
    });
    expect(training.processes.map(({ isKilled }) => isKilled)).toEqual([true]);
    expect(await training.post(`/v1/jobs/${first.id}/cancel`)).toMatchObject({
      status: 200,
      state: "cancelled",
    });
    const third = await training.post("/v1/jobs", DIGITS);
    await running(2);
    training.processes[1]?.end("It broke.");
    await ended(third.id);
    const refused = await training.post(`/v1/jobs/${third.id}/cancel`);
    expect([refused.status, refused.error]).toEqual([422, "The job has failed already."]);
  });

  it("goes on after a restart, in order, and gives up a job that ends the service each time", async () => {
    const first = await training.post("/v1/jobs", DIGITS);
    const second = await training.post("/v1/jobs", DIGITS);
    await running(1);
    training.processes[0]?.onMessage({ type: "epoch", epoch: 1, epochs: 5, figures: { loss: 1 } });
    for (let starts = 1; starts <= 3; starts += 1) {
      await training.down();
      await training.up();
      await running(starts + 1);
      expect((await training.get(`/v1/jobs/${second.id}`)).state).toBe("queued");
    }
    expect(training.processes[1]?.assignment.checkpoint).toBe(training.processes[0]?.assignment.checkpoint);
    expect((await training.get(`/v1/jobs/${first.id}`)).states.map(({ state }) => state)).toContain(
      "running",
    );
    await training.down();
    await training.up();
    expect(await ended(first.id)).toMatchObject({
      state: "failed",
      reason: expect.stringContaining("3 times") as string,
    });
    await vi.waitFor(async () => expect((await training.get(`/v1/jobs/${second.id}`)).state).toBe("running"));
  });

  it("tells of a job's file that cannot be read, and serves the others", async () => {
    const { id } = await training.post("/v1/jobs", DIGITS);
    await training.down();
    await mkdir(`${training.folder}/training/jobs/broken`);
    await writeFile(`${training.folder}/training/jobs/broken/job.json`, '{"id":');
    await training.up();
    expect((await training.get(`/v1/jobs/${id}`)).state).toBe("running");
    expect(training.log.join("\n")).toMatch(/job cannot be read/);
  });
});

describe("GET /v1/jobs", () => {
  it("filters and pages, the newest first", async () => {
    const ids: string[] = [];
    for (let made = 0; made < 5; made += 1) {
      ids.unshift((await training.post("/v1/jobs", { ...DIGITS, ...(made % 2 === 0 && { model: "a" }) })).id);
    }
    const list = async (query: string) =>
      (await training.get(`/v1/jobs?${query}`)) as unknown as { jobs: JobAnswer[]; next?: string };
    const first = await list("limit=2");
    const second = await list(`limit=2&cursor=${first.next}`);
    const third = await list(`limit=2&cursor=${second.next}`);
    expect([...first.jobs, ...second.jobs, ...third.jobs].map(({ id }) => id)).toEqual(ids);
    expect(third.next).toBeUndefined();
    expect((await list("model=a")).jobs).toHaveLength(3);
    await vi.waitFor(async () => expect((await list("state=queued&recipe=digits")).jobs).toHaveLength(4));
    for (const query of ["state=done", "limit=0", "sort=up"]) {
      expect((await training.fetch(`/v1/jobs?${query}`)).status).toBe(400);
    }
  });

  it("gives artifacts and logs by their names alone", async () => {
    const { id } = await training.post("/v1/jobs", DIGITS);
    await running(1);
    const { artifacts } = training.processes[0]?.assignment ?? {};
    await mkdir(artifacts ?? "", { recursive: true });
    await writeFile(`${artifacts}/metrics.json`, "{}");
    const at = (path: string) => training.fetch(`/v1/jobs/${path}`);
    expect(await (await at(`${id}/artifacts/metrics.json`)).text()).toBe("{}");
    expect(await (await at(`${id}/logs`)).text()).toBe("");
    for (const name of ["model.onnx", "..%2fjob.json", "job.json", "%2e%2e%2fjob.json", "toString"]) {
      expect((await at(`${id}/artifacts/${name}`)).status).toBe(404);
    }
    expect((await at("..%2f..%2fetc")).status).toBe(404);
    expect((await at("nobody/logs")).status).toBe(404);
  });
});

describe("publishing", () => {
  async function publish(
    passed: boolean,
    force = false,
    config?: Record<string, unknown>,
  ): Promise<JobAnswer> {
    const { id } = await training.post("/v1/jobs", { ...DIGITS, model: "digits", force });
    await vi.waitFor(() => expect(training.processes.at(-1)?.assignment.artifacts).toContain(id));
    const { assignment, onMessage, end } = training.processes.at(-1) ?? expect.fail("no process");
    await mkdir(assignment.artifacts, { recursive: true });
    await writeFile(`${assignment.artifacts}/model.onnx`, "model");
    const { gate, ...rest } = trained(passed);
    onMessage({
      ...rest,
      config,
      gate: { ...gate, ...(assignment.serving && { against: assignment.serving.version }) },
    });
    end();
    return ended(id);
  }
  const stable = async (): Promise<unknown> => {
    return (
      JSON.parse(await readFile(`${training.models}/digits/config.json`, "utf8")) as { labels: unknown }
    ).labels;
  };

  it("promotes what passes, keeps what serves where it does not, and records force", async () => {
    expect((await publish(true)).result?.published).toEqual({
      model: "digits",
      version: "1",
      promoted: true,
      forced: false,
    });
    expect(await stable()).toEqual({ stable: "1" });
    const manifest = await readFile(`${training.models}/digits/1/manifest.json`, "utf8");
    expect(parseManifest(manifest)).toMatchObject({
      files: { "model.onnx": { bytes: 5 } },
      lineage: { recipe: "digits", gate: { passed: true, forced: false } },
    });
    const worse = await publish(false);
    expect(worse.result?.published).toMatchObject({ version: "2", promoted: false });
    expect(worse.reason).toBe("Version 2 was published but not promoted. It is worse.");
    expect(await stable()).toEqual({ stable: "1" });
    const forced = await publish(false, true);
    expect(forced.result?.published).toMatchObject({ version: "3", promoted: true, forced: true });
    expect(await stable()).toEqual({ stable: "3" });

    const events = await eventsOf(new FolderRecords(training.models), "digits");
    expect(events.map(({ who, to, outcome }) => [who, to.stable, outcome])).toEqual([
      [{ name: expect.any(String) as string, by: "training" }, "1", "made"],
      [{ name: forced.id, by: "training" }, "3", "made"],
    ]);
    expect(events[1]?.why).toBe("It is worse. It was promoted by force.");
  });

  it("fails where the model has other classes, and writes nothing", async () => {
    await mkdir(`${training.models}/digits`, { recursive: true });
    const classes = { kind: "classification", output: "p", labels: ["a", "b"], scores: "logits", top: 1 };
    await writeFile(`${training.models}/digits/config.json`, JSON.stringify({ postprocess: classes }));
    const config = { postprocess: { ...classes, labels: ["b", "a"] } };
    const { state, reason } = await publish(true, false, config);
    expect([state, reason]).toEqual([
      "failed",
      expect.stringContaining("its classes are not the labels") as string,
    ]);
    expect(await readdir(`${training.models}/digits`)).toEqual(["config.json"]);
  });

  it("pins what serves without a label before a worse version lies beside it", async () => {
    await mkdir(`${training.models}/digits/7`, { recursive: true });
    await writeFile(`${training.models}/digits/7/model.onnx`, "older");
    expect((await publish(false)).result?.published).toMatchObject({ version: "8", promoted: false });
    expect(await stable()).toEqual({ stable: "7" });
  });
});

describe("access", () => {
  it("lets nobody without an administrator's key start jobs or see them", async () => {
    await training.dispose();
    training = await TrainingFixture.start({ API_KEYS: "caller", ADMIN_API_KEYS: "boss" });
    for (const path of ["/v1/jobs", "/v1/datasets", "/v1/recipes", "/metrics"]) {
      expect((await training.fetch(path)).status).toBe(401);
      expect((await training.fetch(path, { headers: { "x-api-key": "caller" } })).status).toBe(403);
      expect((await training.fetch(path, { headers: { "x-api-key": "boss" } })).status).toBe(200);
    }
    expect((await training.post("/v1/jobs", DIGITS)).status).toBe(401);
    expect((await training.fetch("/readyz")).status).toBe(200);
  });

  it("refuses jobs on an address that others reach, without keys", async () => {
    await training.dispose();
    training = await TrainingFixture.start({ HOST: "0.0.0.0" });
    expect((await training.post("/v1/jobs", DIGITS)).status).toBe(403);
  });

  it("describes itself", async () => {
    const document = (await (await training.fetch("/openapi.json")).json()) as {
      info: { title: string };
      paths: object;
    };
    expect(document.info.title).toBe("AI Model Service: training");
    expect(Object.keys(document.paths)).toContain("/v1/jobs/{id}/events");
    expect((await training.fetch("/docs")).status).toBe(200);
    expect(await (await training.fetch("/metrics")).text()).toMatch(/training_jobs\{state="queued"\} 0/);
  });
});
