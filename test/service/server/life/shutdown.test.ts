import { createServer, type Server, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Lifecycle } from "#service/server/life/lifecycle.js";
import { listen } from "#service/server/life/listen.js";
import { shutDown } from "#service/server/life/shutdown.js";
import { UnusedConnections } from "#service/server/life/unused-connections.js";

const REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

let server: Server;
let socket: Socket;
let leave: () => Promise<void>;
let released: boolean;
let respond: (response: ServerResponse) => void;

/** The answer to a request on the connection. */
async function answered(): Promise<string> {
  socket.write(REQUEST);
  const [answer] = (await once(socket, "data")) as [Buffer];
  return answer.toString();
}

beforeEach(async () => {
  released = false;
  respond = (response) => response.end("answered");
  server = createServer((_, response) => respond(response));
  const unusedConnections = new UnusedConnections([server]);
  const port = await listen(server, 0, "127.0.0.1");
  const accepted = once(server, "connection");
  socket = connect(port, "127.0.0.1");
  await accepted;
  const release = (): Promise<void> => {
    released = true;
    return Promise.resolve();
  };
  leave = () =>
    shutDown({
      servers: [server],
      unusedConnections,
      lifecycle: new Lifecycle(),
      delaySeconds: 0,
      graceSeconds: 25,
      release,
    });
});
afterEach(() => {
  socket.destroy();
  server.close();
});

describe("shutDown", () => {
  it("does not wait for a connection that never sends a request", async () => {
    const closed = once(socket.resume(), "close");
    await leave();
    await closed;
    expect(released).toBe(true);
  });

  it("answers a request that comes on an open connection after it has begun", async () => {
    const leaving = leave();
    // Later than a server that ends the connection at once would take.
    await delay(50);
    expect(await answered()).toMatch(/^HTTP\/1.1 200 OK/);
    socket.end();
    await leaving;
    expect(released).toBe(true);
  });

  it("answers a request that comes on a connection that has had one", async () => {
    await answered();
    const leaving = leave();
    await delay(50);
    expect(await answered()).toMatch(/^HTTP\/1.1 200 OK/);
    socket.end();
    await leaving;
  });

  it("does not wait for a connection that sends no second request", async () => {
    await answered();
    const closed = once(socket.resume(), "close");
    await leave();
    await closed;
    expect(released).toBe(true);
  });

  it("waits for an answer that is under way", async () => {
    respond = (response) => setTimeout(() => response.setHeader("Connection", "close").end("late"), 700);
    const answer = answered();
    await once(server, "request");
    await leave();
    expect(await answer).toMatch(/late$/);
  });
});
