import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Reply } from "./reply.js";

/** What may come in as an id, so that a log line or a header cannot be forged with it. */
const REQUEST_ID = /^[\w.:/+=@-]{1,128}$/;

/** The W3C trace context's `traceparent`, version 00: https://www.w3.org/TR/trace-context/ */
const TRACE_PARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

export interface TraceParent {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
}

export interface InferenceTimes {
  readonly model: string;
  readonly version: string;
  readonly queuedAt: number;
  readonly ranAt: number;
  readonly endedAt: number;
}

/** One request and its answer, from the first byte to the last, whichever router serves it. */
export class Exchange {
  /** On the clock of `performance.now()`, milliseconds. */
  readonly started = performance.now();
  readonly id: string;
  /** The route's template, for metrics: never a path that a client made up. */
  route = "unmatched";
  /** What the engine did for this request, for traces; times on the clock of `performance.now()`, milliseconds. */
  inference: InferenceTimes | undefined;
  /** What went wrong, for the log. */
  error: Error | undefined;

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
  ) {
    const given = request.headers["x-request-id"];
    this.id = typeof given === "string" && REQUEST_ID.test(given) ? given : newId();
  }

  get method(): string {
    return this.request.method ?? "GET";
  }

  get headers(): IncomingHttpHeaders {
    return this.request.headers;
  }

  /** The path without its query. */
  get path(): string {
    return pathOf(this.request.url ?? "/");
  }

  get hasQuery(): boolean {
    return this.request.url?.includes("?") ?? false;
  }

  get query(): URLSearchParams {
    const url = this.request.url ?? "/";
    const mark = url.indexOf("?");
    return new URLSearchParams(mark < 0 ? "" : url.slice(mark));
  }

  /** The span that the client says this request belongs to. */
  get parent(): TraceParent | undefined {
    return parseTraceParent(this.headers.traceparent);
  }

  /** True once the client has gone away without a full answer: the exchange is the engine's cancellation signal. */
  get aborted(): boolean {
    return this.response.destroyed && !this.response.writableFinished;
  }

  /** Writes the whole answer at once. Does nothing when the client is gone. */
  send(reply: Reply, lastOnConnection: boolean): void {
    const { response } = this;
    if (response.destroyed || response.headersSent) {
      return;
    }
    const { body } = reply;
    const length = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
    const headers: OutgoingHttpHeaders = {
      "Content-Type": reply.contentType ?? "application/json",
      "Content-Length": length,
      "X-Request-Id": this.id,
      "X-Content-Type-Options": "nosniff",
    };
    if (lastOnConnection) {
      headers.Connection = "close";
    }
    response.writeHead(reply.status, reply.headers ? { ...headers, ...reply.headers } : headers);
    if (this.method === "HEAD") {
      response.end();
    }
    // Text of ASCII alone, as most answers are, is the same in both encodings; latin1 is written without a look at it.
    else {
      response.end(body, length === body.length ? "latin1" : "utf8");
    }
  }
}

/** Of this process: its ids are like no other's. */
const ID_PREFIX = randomBytes(12).toString("hex");
let lastId = 0;

/** An id of our own. Counted, not drawn: 16 random bytes cost each request as much as all its metrics. */
function newId(): string {
  return `${ID_PREFIX}-${(lastId += 1).toString(16)}`;
}

export function pathOf(url: string): string {
  const mark = url.indexOf("?");
  return mark < 0 ? url : url.slice(0, mark);
}

/** A `traceparent` header taken apart; undefined when it is absent or malformed, as the standard asks. */
export function parseTraceParent(header: string | string[] | undefined): TraceParent | undefined {
  const [, traceId, spanId, flags] = (typeof header === "string" && TRACE_PARENT.exec(header)) || [];
  if (traceId === undefined || spanId === undefined || flags === undefined) {
    return undefined;
  }
  return { traceId, spanId, sampled: (parseInt(flags, 16) & 1) === 1 };
}
