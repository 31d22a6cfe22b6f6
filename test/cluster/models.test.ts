import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

import { KubeConfig } from "@kubernetes/client-node";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { afterAll, beforeAll, describe, expect, vi } from "vitest";
import { z } from "zod";

import { ADMIN_PORT, PATHS, SERVICE_PORT } from "@ai-model-service/contract/http";

import { brightIn, quadrants, quadrantsConfig } from "../models/pictures.js";
import { missingNeeds, REGISTRY } from "./support/needs.js";
import { ObjectStore } from "./support/object-store.js";
import { Project } from "./support/project.js";
import { Replicas } from "./support/replicas.js";
import { runIn } from "./support/run-in.js";
import { askForShares } from "./support/shares.js";
import { createStack } from "./support/stack.js";
import { story } from "./support/story.js";
import { Traffic } from "./support/traffic.js";

const NAMESPACE = "models-of-a-test";
const URL_ = `http://inference.${NAMESPACE}.svc${PATHS.predict}`;
const PICTURE = brightIn(2);

/** Of 10,000 answers, 500 of the canary's on the average: five times what chance makes of it on either side. */
const ANSWERS = 10_000;
const BY_CHANCE = 5 * Math.sqrt(ANSWERS * 0.05 * 0.95);

const AWAY_MS = 120_000;

const promotion = z.object({ promotion: z.object({ status: z.string(), says: z.string().optional() }) });

const missing = missingNeeds(["pulumi", "docker", "cluster", "registry", "store"]);
if (missing.length > 0) {
  console.warn(`skipped: two replicas on a bucket need ${missing.join("; ")}`);
}

describe.skipIf(missing.length > 0)("two replicas on a bucket of models", () => {
  const { step, mustGoOn } = story();
  const config = new KubeConfig();
  let store: ObjectStore;
  let replicas: Replicas;
  let traffic: Traffic;
  let project: Project;
  let stack: Stack;

  beforeAll(async () => {
    config.loadFromDefault();
    store = new ObjectStore(config, `${NAMESPACE}-store`);
    replicas = new Replicas(config, NAMESPACE);
    traffic = new Traffic(config, `${NAMESPACE}-clients`);
    await store.start();
    await point({ labels: { stable: "1" } });
    await store.put("quadrants/1/model.onnx", quadrants());
    project = await Project.copy();
    stack = await createStack(project, "models", {
      cluster: "existing",
      namespace: NAMESPACE,
      registry: { address: REGISTRY },
      replicas: { min: 2, max: 2 },
      resources: { requests: { cpu: "50m", memory: "192Mi" }, limits: { cpu: "1", memory: "512Mi" } },
      models: { bucket: { ...store.settings, cacheSize: "256Mi" } },
      service: {
        shutdownDelaySeconds: 6,
        environment: { DEFAULT_MODEL: "quadrants", MODEL_POLL_SECONDS: "2" },
        // The store takes any.
        secretEnvironment: { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
      },
      monitoring: { mode: "none" },
    });
  });

  afterAll(async () => {
    await traffic.stop().catch(() => undefined);
    await stack.destroy();
    await store.stop().catch(() => undefined);
    await project.remove();
  });

  step("comes up with what is in it", async () => {
    const { outputs } = await stack.up();
    expect(outputs["models"]?.value).toBe("s3://models/served");
    await vi.waitFor(async () => expect(await replicas.ready()).toHaveLength(2), { timeout: 120_000 });
    await traffic.start(URL_, String(outputs["image"]?.value), PICTURE);
    await traffic.answeredMoreThan(20);
  });

  step("serves a model that was never in the image within a minute of its upload", async () => {
    const begun = Date.now();
    const model = "service/models/mnist";
    await store.put("digits/config.json", readFileSync(`${model}/config.json`));
    await store.put("digits/1/model.onnx", readFileSync(`${model}/1/model.onnx`));
    for (const pod of await replicas.names()) {
      await vi.waitFor(async () => expect(await answers(pod, "/v2/models/digits/ready")).toBe(200), {
        timeout: 60_000,
        interval: 250,
      });
    }
    console.log(`Seconds until both replicas served it: ${(Date.now() - begun) / 1000}.`);
    expect(Date.now() - begun).toBeLessThan(60_000);
  });

  step("goes to version 2 under load with no failed request on either replica", async () => {
    await store.put("quadrants/2/model.onnx", quadrants());
    await point({ labels: { stable: "2" } });
    await serving("2", { traffic: 100 });
    await noneFailed();
  });

  step("divides 10,000 requests 95 to 5, and each caller's go to one version", async () => {
    await store.put("quadrants/3/model.onnx", quadrants());
    await point({ labels: { stable: "2", canary: "3" }, traffic: { stable: 95, canary: 5 } });
    await serving("3", { traffic: 5 });
    const asked = (callers: number, times: number) =>
      askForShares(config, traffic.place, URL_, { callers, times, body: PICTURE });
    const { versions, faults } = await asked(ANSWERS, 1);
    console.log(`Answers by version: ${JSON.stringify(versions)}.`);
    expect(faults).toEqual([]);
    expect(Object.keys(versions).sort()).toEqual(["2", "3"]);
    expect(Math.abs((versions["3"] ?? 0) - ANSWERS * 0.05)).toBeLessThan(BY_CHANCE);
    const again = await asked(400, 5);
    expect(again).toMatchObject({ unsteady: 0, faults: [] });
    expect(Object.keys(again.versions).sort()).toEqual(["2", "3"]);
    await noneFailed();
  });

  step("takes a canary back by itself that answers garbage, and stable never fails", async () => {
    await point({ labels: { stable: "2" } });
    await store.put("quadrants/4/model.onnx", quadrants(1));
    await vi.waitFor(async () => expect(await versions()).toContain("4"), { timeout: 60_000 });
    const [first = ""] = await replicas.names();
    const promote = "/v2/repository/models/quadrants";
    const auto = { steps: [50, 100], minimumRequests: 50, shadowPercent: 100 };
    const begun = await replicas.ask(first, ADMIN_PORT, `${promote}/promote`, { version: "4", auto });
    expect(begun.status, JSON.stringify(begun.body)).toBe(200);
    const state = async () => {
      const { body } = await replicas.ask(first, ADMIN_PORT, `${promote}/promotion`);
      return promotion.parse(body).promotion;
    };
    await vi.waitFor(async () => expect((await state()).status).not.toBe("going on"), {
      timeout: 120_000,
      interval: 1000,
    });
    console.log(JSON.stringify(await state()));
    expect((await state()).status).toBe("rolled back");
    await serving("2", { traffic: 100 });
    await noneFailed();
  });

  step(
    "serves on for two minutes without the store; a replica comes back from its cache or says why not",
    async () => {
      mustGoOn();
      const [first = "", second = ""] = await replicas.names();
      await store.goAway();
      const begun = Date.now();
      await runIn(config, { namespace: NAMESPACE, pod: first, container: "server" }, ...KILL);
      await vi.waitFor(async () => expect(await replicas.restarts(first)).toBe(1), { timeout: 60_000 });
      await vi.waitFor(async () => expect(await replicas.ready()).toContain(first), { timeout: 60_000 });
      await replicas.delete(second);
      await vi.waitFor(async () => expect(await replicas.names()).not.toContain(second), { timeout: 60_000 });
      const other = (await replicas.names()).find((name) => name !== first) ?? "";
      // It has a new cache, which is empty.
      const why = await vi.waitFor(
        async () => {
          const { status, body } = await replicas.ask(other, SERVICE_PORT, PATHS.ready);
          expect(status).toBe(503);
          expect(JSON.stringify(body)).toContain("The model store does not answer");
          return JSON.stringify(body);
        },
        { timeout: 90_000, interval: 1000 },
      );
      console.log(`A replica without a cache says: ${why}`);
      await pause(Math.max(0, AWAY_MS - (Date.now() - begun)));
      await noneFailed();
    },
  );

  step("is all well when the store is back", async () => {
    await store.comeBack();
    await vi.waitFor(async () => expect(await replicas.ready()).toHaveLength(2), { timeout: 120_000 });
    await serving("2", { traffic: 100 });
    await noneFailed();
  });

  /** Writes the pointer of what serves. */
  async function point(what: object): Promise<void> {
    await store.put("quadrants/config.json", JSON.stringify({ ...quadrantsConfig, ...what }));
  }

  async function answers(pod: string, path: string): Promise<number> {
    return (await replicas.ask(pod, SERVICE_PORT, path)).status;
  }

  async function versions(): Promise<unknown[]> {
    const [first = ""] = await replicas.names();
    return (await index(first)).map(({ version }) => version);
  }

  async function index(pod: string): Promise<Record<string, unknown>[]> {
    const { body } = await replicas.ask(pod, ADMIN_PORT, "/v2/repository/index", {});
    return z
      .array(z.looseObject({ name: z.string() }))
      .parse(body)
      .filter(({ name }) => name === "quadrants");
  }

  /** Waits until every replica's index says so of a version. */
  async function serving(version: string, what: object): Promise<void> {
    for (const pod of await replicas.names()) {
      await vi.waitFor(
        async () => {
          const found = (await index(pod)).find((entry) => entry["version"] === version);
          expect(found, JSON.stringify(found)).toMatchObject({ state: "READY", ...what });
        },
        { timeout: 60_000, interval: 500 },
      );
    }
  }

  async function noneFailed(): Promise<void> {
    const { answered } = await traffic.answeredMoreThan(0);
    expect(await traffic.answeredMoreThan(answered + 50)).toMatchObject({ failed: 0, faults: [] });
  }
});

/** Ends the process of a container as its node would. */
const KILL = ["node", "--eval", "process.kill(1, 'SIGTERM')"];
