import { readFileSync } from "node:fs";

import { AppsV1Api, CoreV1Api, KubeConfig, NetworkingV1Api } from "@kubernetes/client-node";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";

import { ADMIN_PORT, PATHS, SERVICE_PORT } from "@ai-model-service/contract/http";

import { missingNeeds, REGISTRY } from "./support/needs.js";
import { Project } from "./support/project.js";
import { defaultDeny, reach, startBystander } from "./support/reach.js";
import type { Place } from "./support/run-in.js";
import { postToService } from "./support/service-proxy.js";
import { createStack } from "./support/stack.js";
import { Traffic } from "./support/traffic.js";

const NAMESPACE = "digits-of-a-test";
const MIN_REPLICAS = 2;

/** Ports of CoreDNS, the one Service that every cluster has: names, and figures about them. */
const DNS_PORT = 53;
const DNS_METRICS = 9153;
const HTTPS_PORT = 443;

const digits = z
  .array(z.object({ label: z.string(), pixels: z.base64().transform((text) => Buffer.from(text, "base64")) }))
  .parse(JSON.parse(readFileSync("test/fixtures/digits.json", "utf8")));

const answer = z.object({
  predictions: z.array(z.object({ top: z.array(z.object({ label: z.string(), probability: z.number() })) })),
});

describe.skipIf(missingNeeds().length > 0)("the program on a real cluster", () => {
  const config = new KubeConfig();
  let project: Project;
  let stack: Stack;
  let traffic: Traffic;
  /** A pod of somebody else's. */
  let bystander: Place;

  beforeAll(async () => {
    config.loadFromDefault();
    traffic = new Traffic(config, `${NAMESPACE}-clients`);
    project = await Project.copy();
    stack = await createStack(project, "test", {
      cluster: "existing",
      namespace: NAMESPACE,
      registry: { address: REGISTRY },
      replicas: { min: MIN_REPLICAS, max: 3 },
      resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
      // A collector that is not there: traces are lost, predictions are not.
      service: {
        shutdownDelaySeconds: 3,
        environment: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" },
        egressPorts: [DNS_METRICS],
      },
      monitoring: { mode: "none" },
    });
  });

  afterAll(async () => {
    await traffic.stop().catch(() => undefined);
    await stack.destroy();
    await project.remove();
  });

  it("comes up", async () => {
    const { summary, outputs } = await stack.up();
    expect(summary.result).toBe("succeeded");
    expect(outputs).toMatchObject({
      namespace: { value: NAMESPACE, secret: false },
      endpoint: { value: `http://inference.${NAMESPACE}.svc` },
      image: { value: expect.stringMatching(/@sha256:[0-9a-f]{64}$/) as string },
      kubeconfig: { secret: true },
    });
  });

  it("gets as many replicas as the settings ask for, each ready soon after its start", async () => {
    await vi.waitFor(async () => expect(await readyReplicas()).toBe(MIN_REPLICAS), { timeout: 120_000 });
    console.log(`Seconds from a pod's start to ready: ${(await secondsToReady()).join(", ")}.`);
  });

  it("predicts held-out pictures through the Service as the model itself does", async () => {
    const session = await InferenceSession.create("service/models/mnist/1/model.onnx");
    const path = `${PATHS.predict}?top=10`;
    for (const { label, pixels } of digits.slice(0, 10)) {
      const service = { namespace: NAMESPACE, name: "inference", path };
      const { predictions } = answer.parse(await postToService(config, service, pixels));
      const served = predictions[0]?.top ?? [];
      const own = await probabilities(session, pixels);
      expect(served[0]?.label).toBe(label);
      for (const top of served) {
        expect(top.probability).toBeCloseTo(own[Number(top.label)] ?? NaN, 4);
      }
      expect(served).toHaveLength(own.length);
    }
  });

  it("has nothing to change in a second run", async () => {
    await stack.preview({ expectNoChanges: true });
    const { summary } = await stack.up({ expectNoChanges: true });
    // What identifies the cluster is read every time.
    expect(Object.keys(summary.resourceChanges ?? {}).filter((change) => change !== "read")).toEqual([
      "same",
    ]);
  });

  it("rolls a changed source file out by a new digest, with no request failed", async () => {
    const image = await imageName();
    await traffic.start(`http://inference.${NAMESPACE}.svc${PATHS.predict}`, image);
    const before = await traffic.answeredMoreThan(20);
    await project.append("service/src/main.ts", "\n// Changed.\nconsole.debug();\n");
    await stack.up();
    expect(await imageName()).not.toBe(image);
    await vi.waitFor(async () => expect(await imagesOfPods()).toEqual([await imageName()]), {
      timeout: 120_000,
    });
    expect(await traffic.answeredMoreThan(before.answered + 20)).toMatchObject({ failed: 0, faults: [] });
  });

  it("loses every pod in turn with no request failed", async () => {
    const before = await traffic.answeredMoreThan(0);
    for (const name of await podNames()) {
      await core().deleteNamespacedPod({ namespace: NAMESPACE, name: name ?? "" });
      await vi.waitFor(async () => expect(await podNames()).not.toContain(name), { timeout: 120_000 });
      await vi.waitFor(async () => expect(await readyReplicas()).toBe(MIN_REPLICAS), { timeout: 120_000 });
    }
    expect(await traffic.answeredMoreThan(before.answered + 20)).toMatchObject({ failed: 0, faults: [] });
  });

  it("lets callers predict, and nobody administrate", async () => {
    bystander = await startBystander(config, `${NAMESPACE}-clients`);
    for (const host of [`inference.${NAMESPACE}.svc`, ...(await podAddresses())]) {
      expect(await reach(config, bystander, host, SERVICE_PORT)).toBe("open");
    }
    for (const host of [`inference-admin.${NAMESPACE}.svc`, ...(await podAddresses())]) {
      expect(await reach(config, bystander, host, ADMIN_PORT)).toBe("dropped");
    }
  });

  it("lets a pod connect to the ports that the settings name, and to nothing else", async () => {
    const { host: apiServer, dns } = await servicesOfCluster();
    const [first] = await podNames();
    const server = { namespace: NAMESPACE, pod: first ?? "", container: "server" };
    expect(await reach(config, server, dns, DNS_PORT)).toBe("open");
    expect(await reach(config, server, dns, DNS_METRICS)).toBe("open");
    expect(await reach(config, server, apiServer, HTTPS_PORT)).toBe("dropped");
    expect(await reach(config, bystander, apiServer, HTTPS_PORT)).toBe("open");
    const { items } = await core().listNamespacedPod({ namespace: NAMESPACE });
    const other = items.find(({ metadata }) => metadata?.name !== first)?.status?.podIP ?? "";
    expect(await reach(config, server, other, SERVICE_PORT)).toBe("dropped");
  });

  it("goes on where everything that is not allowed is forbidden", async () => {
    const networking = config.makeApiClient(NetworkingV1Api);
    await networking.createNamespacedNetworkPolicy({ namespace: NAMESPACE, body: defaultDeny("deny") });
    const before = await traffic.answeredMoreThan(0);
    expect(await traffic.answeredMoreThan(before.answered + 200)).toMatchObject({ failed: 0, faults: [] });
    // Long enough for a probe to fail as often as makes a pod unready.
    await new Promise((resolve) => setTimeout(resolve, 20_000));
    expect(await readyReplicas()).toBe(MIN_REPLICAS);
    expect(await reach(config, bystander, `inference.${NAMESPACE}.svc`, SERVICE_PORT)).toBe("open");
    await networking.deleteNamespacedNetworkPolicy({ namespace: NAMESPACE, name: "deny" });
  });

  it("leaves nothing behind", async () => {
    await traffic.stop();
    await stack.destroy();
    const { items } = await core().listNamespace();
    expect(items.map(({ metadata }) => metadata?.name)).not.toContain(NAMESPACE);
    const state = z.object({ deployment: z.object({ resources: z.array(z.unknown()).optional() }) });
    expect(state.parse(await stack.exportStack()).deployment.resources ?? []).toEqual([]);
  });

  const core = () => config.makeApiClient(CoreV1Api);
  const pods = async () => (await core().listNamespacedPod({ namespace: NAMESPACE })).items;
  const podNames = async () => (await pods()).map(({ metadata }) => metadata?.name);
  const podAddresses = async () => (await pods()).map(({ status }) => status?.podIP ?? "");
  const imagesOfPods = async () => [...new Set((await pods()).map(({ spec }) => spec?.containers[0]?.image))];
  const imageName = async () => String((await stack.outputs())["image"]?.value);

  async function servicesOfCluster() {
    const api = await core().readNamespacedService({ namespace: "default", name: "kubernetes" });
    const dns = await core().readNamespacedService({ namespace: "kube-system", name: "kube-dns" });
    return { host: api.spec?.clusterIP ?? "", dns: dns.spec?.clusterIP ?? "" };
  }

  async function readyReplicas(): Promise<number | undefined> {
    const apps = config.makeApiClient(AppsV1Api);
    const { status } = await apps.readNamespacedDeployment({ namespace: NAMESPACE, name: "inference" });
    return status?.readyReplicas;
  }

  async function secondsToReady(): Promise<number[]> {
    return (await pods()).map(({ status }) => {
      const ready = status?.conditions?.find(({ type }) => type === "Ready")?.lastTransitionTime;
      const started = status?.containerStatuses?.[0]?.state?.running?.startedAt;
      return (Number(ready) - Number(started)) / 1000;
    });
  }
});

/** What the model file itself says about a picture, by ONNX Runtime alone. */
async function probabilities(session: InferenceSession, pixels: Buffer): Promise<number[]> {
  const image = new Tensor(
    "float32",
    Float32Array.from(pixels, (pixel) => pixel / 255),
    [1, pixels.length],
  );
  const { probabilities } = await session.run({ image });
  return Array.from(probabilities?.data as Float32Array);
}
