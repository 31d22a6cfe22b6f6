import type { Server } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import pino from "pino";
import { Registry } from "prom-client";
import { afterEach, describe, expect, it, vi } from "vitest";
import { KeyRing } from "#service/server/access/key-ring.js";
import { ByteBudget } from "#service/server/byte-budget.js";
import { Door } from "#service/server/http/door.js";
import { readBody } from "#service/server/http/read-body.js";
import type { ReplyBody } from "#service/server/http/reply.js";
import type { Access, Handler } from "#service/server/http/route.js";
import { createHttpServer } from "#service/server/http/server.js";
import { Lifecycle } from "#service/server/life/lifecycle.js";
import { listen } from "#service/server/life/listen.js";
import { HttpMetrics } from "#service/server/observe/http-metrics.js";
import { RequestLog } from "#service/server/observe/request-log.js";
import { RawClient } from "./raw-client.js";

let server: Server;
let budget: ByteBudget;
let lifecycle: Lifecycle;
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

/** A server whose only route is handled so. */
async function serving(
  handle: Handler,
  limits: { bodyTimeoutSeconds?: number; requestTimeoutSeconds?: number },
  access: Access = "anybody",
): Promise<RawClient> {
  budget = new ByteBudget(2 ** 30, 2 ** 33);
  lifecycle = new Lifecycle();
  const keys = { ring: new KeyRing([]), guardPredictions: false, guardAdministration: false };
  server = createHttpServer({
    routes: [{ method: "POST", path: "/", access, handle }],
    pages: { files: [] },
    door: new Door({ keys, reach: "anybody", onLoopback: true, corsOrigins: [] }),
    metrics: new HttpMetrics(new Registry(), budget),
    budget,
    lifecycle,
    log: new RequestLog(pino({ level: "silent" })),
    tracing: undefined,
    bodyTimeoutSeconds: 30,
    requestTimeoutSeconds: 30,
    ...limits,
  });
  return RawClient.connect(await listen(server, 0, "127.0.0.1"));
}

function post(headers = ""): string {
  return `POST / HTTP/1.1\r\nHost: localhost\r\n${headers}Content-Length: 4\r\n\r\n`;
}

/** How often exchanges are looked at. */
const LOOK_MS = 250;

const never: Handler = () => new Promise(() => undefined);

describe("a request that hangs", () => {
  it("is answered with 504, which names the setting, and its connection serves the next", async () => {
    const client = await serving(never, { requestTimeoutSeconds: 0.1 });
    client.send(`${post()}body`);
    await client.until(/ 504 .*within REQUEST_TIMEOUT_SECONDS \(0\.1\)\..*"deadline_exceeded"/s);
    client.received = "";
    client.send(`${post()}body`);
    await client.until(/ 504 /);
  });

  it("is answered with 504, which names the header", async () => {
    const client = await serving(never, {});
    client.send(`${post("Request-Timeout-Ms: 50\r\n")}body`);
    await client.until(/ 504 .*within the header request-timeout-ms \(50\)\./s);
  });

  it("keeps its answer whatever its handler does later", async () => {
    let fail: (reason: Error) => void = () => undefined;
    const client = await serving(() => new Promise((_, reject) => (fail = reject)), {
      requestTimeoutSeconds: 0.1,
    });
    client.send(`${post()}body`);
    await client.until(/ 504 .*\}$/s);
    fail(new Error("too late"));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(client.socket.destroyed).toBe(false);
  });

  it("holds its memory until its handler is done", async () => {
    let resolve: () => void = () => undefined;
    const client = await serving(
      (exchange) => {
        exchange.hold(1000);
        return new Promise((done) => (resolve = () => done({ status: 200, body: "" })));
      },
      { requestTimeoutSeconds: 0.1 },
    );
    client.send(`${post()}body`);
    await client.until(/ 504 /);
    client.close();
    await new Promise((later) => setTimeout(later, 50));
    expect(budget.held).toBe(1000);
    resolve();
    await vi.waitFor(() => expect(budget.held).toBe(0));
  });

  it("is answered with 408 while it is being read", async () => {
    const client = await serving(
      async (exchange) => {
        await readBody(exchange, 100);
        return { status: 200, body: "" };
      },
      { requestTimeoutSeconds: 0.1 },
    );
    client.send(`${post()}bo`);
    await client.until(/ 408 .*within REQUEST_TIMEOUT_SECONDS \(0\.1\)/s);
    await client.closed();
  });

  it("is refused shortly before a server that stops ends", async () => {
    const client = await serving(never, {});
    client.send(`${post()}body`);
    await vi.waitFor(() => expect(server.listenerCount("request")).toBe(1));
    lifecycle.drain(500);
    await client.until(/ 503 .*"shutting_down"/s);
    await client.closed();
  });

  it("is refused when its client sends nothing more to a server that stops", async () => {
    const now = performance.now.bind(performance);
    let laterMs = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now() + laterMs);
    const client = await serving(async (exchange) => {
      await readBody(exchange, 100);
      return { status: 200, body: "" };
    }, {});
    client.send(`${post()}bo`);
    lifecycle.drain();
    await delay(2 * LOOK_MS);
    laterMs = 6000;
    await client.until(/ 503 .*"shutting_down"/s);
    await client.closed();
    clock.mockRestore();
  });
});

describe("a client that does not read", () => {
  const PIECE = "x".repeat(2 ** 20);

  it.each<[string, () => ReplyBody]>([
    ["an answer", () => PIECE.repeat(16)],
    [
      "a stream",
      async function* () {
        for (;;) {
          yield PIECE;
          await Promise.resolve();
        }
      },
    ],
  ])("%s is let go, and with it what it held", async (_, body) => {
    const onEnd = vi.fn();
    const client = await serving(
      (exchange) => {
        exchange.onEnd = onEnd;
        return { status: 200, body: body() };
      },
      { bodyTimeoutSeconds: 1 },
      "key",
    );
    client.socket.pause();
    client.send(`${post()}body`);
    await vi.waitFor(() => expect(onEnd).toHaveBeenCalledExactlyOnceWith(499), { timeout: 10_000 });
    expect(budget.held).toBe(0);
    client.close();
  });

  it("a stream at the server's speed, but steadily, gets all of it", async () => {
    const client = await serving(
      () => ({
        status: 200,
        body: (async function* () {
          for (let pieces = 0; pieces < 8; pieces += 1) {
            yield "piece ";
            await new Promise((resolve) => setTimeout(resolve, 300));
          }
          yield "end";
        })(),
      }),
      { bodyTimeoutSeconds: 1 },
    );
    client.send(`${post()}body`);
    await client.until(/end/);
    client.close();
  });
});
