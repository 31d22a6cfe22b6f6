import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { KubeConfig } from "@kubernetes/client-node";
import { afterEach, describe, expect, it } from "vitest";

import { callersKey } from "#infra/commands/delivery/smoke-test.js";

let server: Server | undefined;

afterEach(() => server?.close());

/** A cluster whose API server gives one answer to everything. */
async function clusterThatAnswers(status: number, body: unknown): Promise<KubeConfig> {
  server = createServer((_, response) => {
    response.writeHead(status, { "content-type": "application/json", connection: "close" });
    response.end(JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const config = new KubeConfig();
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  config.loadFromClusterAndUser({ name: "c", server: address, skipTLSVerify: true }, { name: "u" });
  return config;
}

function secretWith(keys: unknown) {
  const file = Buffer.from(JSON.stringify(keys)).toString("base64");
  return { apiVersion: "v1", kind: "Secret", data: { "keys.json": file } };
}

const prometheus = { name: "prometheus", key: "scrape", role: "admin" };
const admin = { name: "ops", key: "all", role: "admin" };
const shop = { name: "shop", key: "buy", role: "predict", requestsPerSecond: 5 };

describe("the key of the smoke test", () => {
  it("is a caller's, so that no more is tried than what callers may do", async () => {
    const config = await clusterThatAnswers(200, secretWith([admin, shop, prometheus]));
    expect(await callersKey(config, "ns")).toBe("buy");
  });

  it("is an administrator's where there is no other, never Prometheus's", async () => {
    const config = await clusterThatAnswers(200, secretWith([prometheus, admin]));
    expect(await callersKey(config, "ns")).toBe("all");
  });

  it("is none where the stack has no keys", async () => {
    const config = await clusterThatAnswers(404, { kind: "Status", code: 404 });
    expect(await callersKey(config, "ns")).toBeUndefined();
  });

  it("is not taken for none where the cluster forbids to read it", async () => {
    const config = await clusterThatAnswers(403, { kind: "Status", code: 403 });
    await expect(callersKey(config, "ns")).rejects.toThrow(/403/);
  });
});
