import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { callersKey, smokeTest } from "#infra/commands/delivery/smoke-test.js";
import { fakeCluster, type FakeCluster } from "../../support/fake-cluster.js";

const NAMESPACE = "/api/v1/namespaces/ns";
const KEYS = `${NAMESPACE}/secrets/inference-keys`;

let cluster: FakeCluster | undefined;

afterEach(() => cluster?.close());

function secretWith(keys: unknown) {
  const file = Buffer.from(JSON.stringify(keys)).toString("base64");
  return { apiVersion: "v1", kind: "Secret", data: { "keys.json": file } };
}

const prometheus = { name: "prometheus", key: "scrape", role: "admin" };
const admin = { name: "ops", key: "all", role: "admin" };
const shop = { name: "shop", key: "buy", role: "predict", requestsPerSecond: 5 };

describe("the key of the smoke test", () => {
  it.each([
    ["a caller's, so that no more is tried than what callers may do", [admin, shop, prometheus], "buy"],
    ["an administrator's where there is no other, never Prometheus's", [prometheus, admin], "all"],
    ["none where Prometheus alone has one", [prometheus], undefined],
  ])("is %s", async (_, keys, expected) => {
    cluster = await fakeCluster({ [KEYS]: secretWith(keys) });
    expect(await callersKey(cluster.config, "ns")).toBe(expected);
  });

  it("is none where the stack has no keys", async () => {
    cluster = await fakeCluster({});
    expect(await callersKey(cluster.config, "ns")).toBeUndefined();
  });

  it("is not taken for none where the cluster forbids to read it", async () => {
    cluster = await fakeCluster({ [KEYS]: 403 });
    await expect(callersKey(cluster.config, "ns")).rejects.toThrow(/403/);
  });
});

describe("the smoke test", () => {
  let service: Server;
  let label: string;
  let sent: unknown[];

  beforeEach(async () => {
    [label, sent] = ["7", []];
    service = createServer((request, response) => {
      sent.push(request.headers["x-api-key"]);
      request.resume();
      request.on("end", () => response.end(JSON.stringify({ predictions: [{ label }] })));
    });
    service.listen(0, "127.0.0.1");
    await once(service, "listening");
  });

  afterEach(() => {
    service.closeAllConnections();
    service.close();
  });

  /** A cluster in the middle of a rollout: a pod of the version before still answers. */
  async function rollout(more: Record<string, unknown> = {}): Promise<FakeCluster> {
    const status = { conditions: [{ type: "Ready", status: "True" }] };
    const containers = [{ name: "server", ports: [{ name: "http", containerPort: 8000 }] }];
    const pod = (name: string, metadata = {}) => ({
      metadata: { name, ...metadata },
      spec: { containers },
      status,
    });
    const { port } = service.address() as AddressInfo;
    return fakeCluster(
      {
        [`${NAMESPACE}/services/inference`]: {
          spec: { selector: { app: "i" }, ports: [{ port: 80, targetPort: "http" }] },
        },
        [`${NAMESPACE}/pods`]: {
          items: [pod("before", { deletionTimestamp: "2026-01-01T00:00:00Z" }), pod("after")],
        },
        ...more,
      },
      port,
    );
  }

  const outputs = { namespace: "ns", serviceName: "inference" };

  it("asks a pod that stays for a prediction, on the callers' port and with a caller's key", async () => {
    cluster = await rollout({ [KEYS]: secretWith([shop, prometheus]) });
    expect(await smokeTest(outputs, cluster.config)).toEqual(["ns/inference"]);
    expect(cluster.forwarded).toEqual([`${NAMESPACE}/pods/after/portforward?ports=8000`]);
    expect(sent).toEqual(["buy"]);
  });

  it("asks the callers' address too", async () => {
    cluster = await rollout();
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    expect(await smokeTest(outputs, cluster.config, url)).toEqual(["ns/inference", url]);
    expect(sent).toHaveLength(2);
  });

  it("fails for another digit", async () => {
    cluster = await rollout();
    label = "1";
    await expect(smokeTest(outputs, cluster.config)).rejects.toThrow(/took the picture of a 7 for something/);
  });

  it("fails where no pod is ready", async () => {
    cluster = await rollout({ [`${NAMESPACE}/pods`]: { items: [] } });
    await expect(smokeTest(outputs, cluster.config)).rejects.toThrow("No pod of ns/inference is ready.");
  });
});
