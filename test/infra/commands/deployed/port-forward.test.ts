import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { forward } from "#infra/commands/deployed/port-forward.js";
import { within } from "#infra/commands/deployed/time-limit.js";
import { type FakeCluster, fakeCluster } from "../../support/fake-cluster.js";

const PODS = "/api/v1/namespaces/shop/pods";
const WANTED = { namespace: "shop", service: "inference", port: 80, localPort: 0 };

function pod(name: string, { ready = true, ending = false } = {}): object {
  return {
    metadata: { name, ...(ending && { deletionTimestamp: "2026-01-01T00:00:00Z" }) },
    spec: { containers: [{ name: "server", ports: [{ name: "http", containerPort: 8000 }] }] },
    status: { conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
  };
}

describe("a forwarded port", () => {
  const objects: Record<string, unknown> = {};
  let server: Server;
  let cluster: FakeCluster;

  beforeEach(async () => {
    server = createServer((_, response) => response.writeHead(200, { connection: "close" }).end("pod"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    objects["/api/v1/namespaces/shop/services/inference"] = {
      spec: { selector: { app: "inference" }, ports: [{ port: 80, targetPort: "http" }] },
    };
    objects[PODS] = { items: [pod("first"), pod("second", { ready: false })] };
    cluster = await fakeCluster(objects, (server.address() as AddressInfo).port);
  });
  afterEach(() => {
    cluster.close();
    server.close();
  });

  it("leads to a pod that is ready, and after that pod's end to another", async () => {
    const opened = await forward(cluster.config, WANTED);
    expect(await (await fetch(opened.url)).text()).toBe("pod");
    objects[PODS] = { items: [pod("first", { ending: true }), pod("second")] };
    expect(await (await fetch(opened.url)).text()).toBe("pod");
    expect(cluster.forwarded).toEqual([
      expect.stringContaining("/pods/first/portforward?ports=8000"),
      expect.stringContaining("/pods/second/portforward?ports=8000"),
    ]);
    opened.close();
  });

  it("closes a connection while no pod is ready, and takes the next when one is", async () => {
    const opened = await forward(cluster.config, WANTED);
    objects[PODS] = { items: [pod("first", { ready: false })] };
    await expect(fetch(opened.url)).rejects.toThrow();
    objects[PODS] = { items: [pod("first")] };
    expect((await fetch(opened.url)).status).toBe(200);
    opened.close();
  });

  it("takes open connections with it when it is closed", async () => {
    const opened = await forward(cluster.config, WANTED);
    const socket = connect(Number(new URL(opened.url).port), "127.0.0.1");
    await once(socket, "connect");
    const ended = once(socket, "close");
    socket.on("error", () => undefined);
    opened.close();
    await ended;
  });

  it("is not opened where no pod is ready", async () => {
    objects[PODS] = { items: [] };
    await expect(forward(cluster.config, WANTED)).rejects.toThrow("No pod of shop/inference is ready.");
  });
});

describe("an answer", () => {
  it("that does not come is waited for no longer than it may take", async () => {
    const never = new Promise<string>(() => undefined);
    await expect(within(0.05, "The API server", never)).rejects.toThrow(
      "The API server did not answer within 0.05 seconds.",
    );
    expect(await within(1, "The API server", Promise.resolve("here"))).toBe("here");
  });
});
