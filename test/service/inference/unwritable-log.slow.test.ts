import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { afterEach, expect, it, vi } from "vitest";
import { listen } from "#service/server/life/listen.js";
import { withUnwritable } from "../unwritable.js";
import { SERVE } from "./server-program.js";

let child: ChildProcess | undefined;
afterEach(() => child?.kill("SIGKILL"));

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, 0, "127.0.0.1");
  server.close();
  return port;
}

/** The server, which logs each request to `stdout`; gives the address at which it serves. */
async function servingTo(stdout: number | "pipe"): Promise<{ url: string; child: ChildProcess }> {
  const port = await freePort();
  const env = { ...process.env, PORT: String(port), LOG_LEVEL: "debug" };
  child = spawn(process.execPath, SERVE, { env, stdio: ["ignore", stdout, "ignore"] });
  return { url: `http://127.0.0.1:${port}`, child };
}

/** Answers that come although no line of the log can be written. */
async function answers(url: string): Promise<void> {
  await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200), {
    timeout: 20_000,
    interval: 200,
  });
  for (let asked = 0; asked < 20; asked += 1) {
    expect((await fetch(`${url}/livez`, { signal: AbortSignal.timeout(2000) })).status).toBe(200);
  }
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(Number(/^log_lines_dropped_total (\d+)/m.exec(metrics)?.[1])).toBeGreaterThan(0);
}

it("a full disk under the log stops neither answers nor the end", () =>
  withUnwritable(async (descriptor) => {
    const served = await servingTo(descriptor);
    await answers(served.url);
    served.child.kill("SIGTERM");
    expect(await once(served.child, "exit")).toEqual([0, null]);
  }));

it("a reader of the log that goes away stops neither answers nor the end", async () => {
  const served = await servingTo("pipe");
  served.child.stdout?.once("data", () => served.child.stdout?.destroy());
  await answers(served.url);
  served.child.kill("SIGTERM");
  expect(await once(served.child, "exit")).toEqual([0, null]);
});
