import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, it, onTestFinished } from "vitest";

import { forgetInterrupted } from "#infra/monitoring/charts/interrupted-release.js";

/** A kubeconfig of an API server that answers everything with a status, and what it was asked. */
async function apiServer(status: number): Promise<{ kubeconfig: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://api");
    asked.push(`${request.method} ${url.pathname}?${url.searchParams.get("labelSelector")}`);
    response.writeHead(status, { "content-type": "application/json" }).end('{"kind":"Status"}');
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const kubeconfig = JSON.stringify({
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    clusters: [
      {
        name: "c",
        cluster: {
          server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
          "insecure-skip-tls-verify": true,
        },
      },
    ],
    users: [{ name: "u", user: { token: "t" } }],
  });
  return { kubeconfig, asked };
}

const release = { name: "monitoring", namespace: "watch" };

it("removes the records of one release that was interrupted, and no other's", async () => {
  const { kubeconfig, asked } = await apiServer(200);
  await forgetInterrupted(kubeconfig, release);
  expect(asked).toEqual([
    "DELETE /api/v1/namespaces/watch/secrets?owner=helm,name=monitoring,status in (pending-install,pending-upgrade,pending-rollback)",
  ]);
});

it("does not hide that it may not", async () => {
  const { kubeconfig } = await apiServer(403);
  await expect(forgetInterrupted(kubeconfig, release)).rejects.toThrow("403");
});
