import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { alertmanagerConfig } from "#infra/monitoring/alerts/receivers.js";
import { alertReceiversSchema } from "#infra/settings/alert-receivers.js";

const installed = spawnSync("alertmanager", ["--version"]).error === undefined;
if (!installed) {
  console.warn("SKIPPED: receivers are not tried, since there is no alertmanager on the PATH.");
}

interface Post {
  path: string;
  authorization: string | undefined;
  body: string;
}

describe.skipIf(!installed)("a real Alertmanager", { timeout: 90_000 }, () => {
  const posts: Post[] = [];
  let server: Server;
  let folder: string;
  let stop: () => void;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { authorization } = request.headers;
        posts.push({ path: request.url ?? "", authorization, body: Buffer.concat(chunks).toString() });
        response.end("ok");
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const here = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    folder = mkdtempSync(join(tmpdir(), "alertmanager-"));
    const port = await freePort();
    const receivers = alertReceiversSchema.parse({
      email: { to: ["ops@example.com"], from: "a@example.com", server: "127.0.0.1:9", severity: "critical" },
      slack: { url: `${here}/slack` },
      pagerduty: { routingKey: "key" },
      webhook: { url: `${here}/webhook`, token: "bearer" },
      deadMansSwitch: { url: `${here}/alive` },
    });
    writeFileSync(join(folder, "alertmanager.yaml"), JSON.stringify(alertmanagerConfig(receivers)));
    stop = start(folder, port);
    await vi.waitFor(() => alert(port), { timeout: 30_000, interval: 200 });
  });

  afterAll(() => {
    stop();
    server.close();
    rmSync(folder, { recursive: true });
  });

  function posted(path: string): Promise<Post> {
    return vi.waitFor(
      () => {
        const post = posts.find((one) => one.path === path);
        expect(post, path).toBeDefined();
        return post as Post;
      },
      { timeout: 60_000, interval: 200 },
    );
  }

  it("gives a sign of life at once", async () => {
    expect((await posted("/alive")).body).toContain("Watchdog");
  });

  it("tells Slack what happened, with a link to the runbook", async () => {
    const { body } = await posted("/slack");
    expect(body).toContain("The queue is full.");
    expect(body).toContain("https://wiki.example.com/runbooks#x|Runbook");
  });

  it("posts to the webhook with its token", async () => {
    const { authorization, body } = await posted("/webhook");
    expect(authorization).toBe("Bearer bearer");
    expect(body).toContain("InferenceQueueSaturated");
    expect(body).not.toContain("Watchdog");
  });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}

/** Runs Alertmanager; the function ends it. */
function start(folder: string, port: number): () => void {
  const child = spawn("alertmanager", [
    `--config.file=${join(folder, "alertmanager.yaml")}`,
    `--storage.path=${join(folder, "data")}`,
    `--web.listen-address=127.0.0.1:${port}`,
    "--cluster.listen-address=",
  ]);
  return () => child.kill("SIGKILL");
}

/** Raises the alert that always fires, and a warning. */
async function alert(port: number): Promise<void> {
  const annotations = { summary: "The queue is full.", runbook_url: "https://wiki.example.com/runbooks#x" };
  const response = await fetch(`http://127.0.0.1:${port}/api/v2/alerts`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify([
      { labels: { alertname: "Watchdog", severity: "none" } },
      { labels: { alertname: "InferenceQueueSaturated", severity: "warning" }, annotations },
    ]),
  });
  expect(response.status).toBe(200);
}
