import { once } from "node:events";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Exchange } from "./exchange.js";
import type { Reply } from "./reply.js";

/**
 * Writes an answer; the one place that does. Does nothing when the client is gone or an answer has begun. A stream is read
 * as fast as the client takes it, and no further once the client goes away: the promise resolves when all of it is handed
 * over, and rejects with what the stream throws.
 */
export function send(exchange: Exchange, reply: Reply, lastOnConnection: boolean): void | Promise<void> {
  const { response } = exchange;
  if (response.destroyed || response.headersSent) {
    return;
  }
  const { body } = reply;
  if (typeof body === "string" || body instanceof Uint8Array) {
    sendWhole(exchange, reply, body, lastOnConnection);
    return;
  }
  response.writeHead(reply.status, headersOf(exchange, reply, undefined, lastOnConnection));
  if (exchange.method === "HEAD") {
    response.end();
    return;
  }
  return pipe(body, response);
}

/** What an answer takes while the client reads it: itself, and the socket's copy. */
const ANSWER_GROWTH = 2;

/** Counts a whole answer among what its exchange holds. Throws memory_full when there is no room for it. */
export function holdReply(exchange: Exchange, { body }: Reply): void {
  if (typeof body === "string" || body instanceof Uint8Array) {
    exchange.hold(ANSWER_GROWTH * body.length);
  }
}

function sendWhole(
  exchange: Exchange,
  reply: Reply,
  body: string | Uint8Array,
  lastOnConnection: boolean,
): void {
  const { response } = exchange;
  const length = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
  const told = reply.status === 204 ? undefined : length;
  response.writeHead(reply.status, headersOf(exchange, reply, told, lastOnConnection));
  if (exchange.method === "HEAD") {
    response.end();
  } else if (exchange.lingersSince !== undefined) {
    response.write(body);
    throwAway(exchange.request);
    exchange.request.once("close", () => response.end());
  } else {
    // Text of ASCII alone, as most answers are, is the same in both encodings; latin1 is written without a look at it.
    response.end(body, length === body.length ? "latin1" : "utf8");
  }
}

/** Bytes of a refused client that are thrown away; past them it waits until its connection is closed. */
const THROWN_AWAY_BYTES = 2 ** 20;

function throwAway(request: IncomingMessage): void {
  let bytes = 0;
  request.on("data", (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > THROWN_AWAY_BYTES) {
      request.pause();
    }
  });
  request.resume();
}

function headersOf(
  { id }: Exchange,
  { contentType = "application/json", headers: further }: Reply,
  length: number | undefined,
  lastOnConnection: boolean,
): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {
    "Content-Type": contentType,
    "X-Request-Id": id,
    "X-Content-Type-Options": "nosniff",
  };
  if (length !== undefined) {
    headers["Content-Length"] = length;
  }
  if (lastOnConnection) {
    headers.Connection = "close";
  }
  return Object.assign(headers, further);
}

/** Leaving the loop early ends the iterator, so that what makes the pieces can let go of what it holds. */
async function pipe(body: AsyncIterable<string | Uint8Array>, response: ServerResponse): Promise<void> {
  for await (const piece of body) {
    if (response.destroyed) {
      return;
    }
    if (!response.write(piece)) {
      await drained(response);
    }
  }
  response.end();
}

/** Resolves when the client has taken what was written, or is gone. */
async function drained(response: ServerResponse): Promise<void> {
  const settled = new AbortController();
  const { signal } = settled;
  await Promise.race([once(response, "drain", { signal }), once(response, "close", { signal })]);
  // Takes the listener of the event that did not come away again.
  settled.abort();
}
