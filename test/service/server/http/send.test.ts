import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ByteBudget } from "#service/server/byte-budget.js";
import { Exchange } from "#service/server/http/exchange.js";
import type { ReplyBody } from "#service/server/http/reply.js";
import { send } from "#service/server/http/send.js";
import { listen } from "#service/server/life/listen.js";
import { RawClient } from "./raw-client.js";

/** Bytes that all answers together may hold. */
const BUDGET = 1_000_000;

let server: Server;
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

/** A server that answers every request with `body`, and what came of it. */
async function serving(
  body: () => ReplyBody,
): Promise<{ port: number; sent: Promise<void>[]; exchanges: Exchange[] }> {
  const sent: Promise<void>[] = [];
  const exchanges: Exchange[] = [];
  server = createServer((request, response) => {
    const exchange = new Exchange(
      request,
      response,
      { milliseconds: 1000, name: "the test's limit" },
      new ByteBudget(BUDGET, 8 * BUDGET),
    );
    exchanges.push(exchange);
    sent.push(
      Promise.resolve(send(exchange, { status: 200, contentType: "text/plain", body: body() }, false)),
    );
  });
  return { port: await listen(server, 0, "127.0.0.1"), sent, exchanges };
}

const GET = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

describe("an answer", () => {
  it.each<[string, () => ReplyBody]>([
    ["text", () => "äb"],
    ["bytes", () => new TextEncoder().encode("äb")],
    [
      "pieces",
      async function* () {
        yield "ä";
        await Promise.resolve();
        yield new TextEncoder().encode("b");
      },
    ],
  ])("may be %s", async (kind, body) => {
    const { port } = await serving(body);
    const response = await fetch(`http://127.0.0.1:${port}/`);
    expect(await response.text()).toBe("äb");
    expect(response.headers.get("content-length")).toBe(kind === "pieces" ? null : "3");
    expect(response.headers.get("x-request-id")).toMatch(/-/);
    const head = await fetch(`http://127.0.0.1:${port}/`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });
});

describe("a stream", () => {
  const PIECE = Buffer.alloc(256 * 1024);

  /** As many pieces as are asked for; `ended` is called when nobody wants more. */
  async function* endless(made: () => void, ended: () => void): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        made();
        yield PIECE;
        await Promise.resolve();
      }
    } finally {
      ended();
    }
  }

  it("is made as fast as it is read, and ends when its client goes away", async () => {
    const made = vi.fn();
    const ended = vi.fn();
    const { port, sent, exchanges } = await serving(() => endless(made, ended));
    const client = await RawClient.connect(port);
    client.socket.pause();
    client.send(GET);
    // The buffers of both ends fill up, then nothing more is made.
    let before = -1;
    await vi.waitFor(
      () => {
        const grew = made.mock.calls.length !== before;
        before = made.mock.calls.length;
        expect([grew, before > 0]).toEqual([false, true]);
      },
      { timeout: 20_000, interval: 200 },
    );
    expect(before).toBeLessThan(200);
    const cancelled = vi.fn();
    exchanges[0]?.onCancel(cancelled);
    client.close();
    await sent[0];
    expect(ended).toHaveBeenCalledOnce();
    expect(made.mock.calls.length).toBeLessThanOrEqual(before + 1);
    expect(cancelled).toHaveBeenCalledOnce();
    expect(exchanges[0]?.status).toBe(499);
  });

  it("that fails rejects with the fault", async () => {
    const { port, sent } = await serving(async function* () {
      yield "begun";
      await Promise.resolve();
      throw new Error("broken off");
    });
    const client = await RawClient.connect(port);
    const ended = once(server, "request");
    client.send(GET);
    await ended;
    await expect(sent[0]).rejects.toThrow("broken off");
    client.close();
  });
});
