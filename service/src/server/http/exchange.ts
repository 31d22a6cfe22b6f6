import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { Call, TraceParent } from "../call.js";
import type { ByteBudget } from "../byte-budget.js";
import { ServiceError } from "../errors.js";
import type { ServedCall } from "../observe/served-call.js";
import { headerTimeLimit, type TimeLimit } from "./time-limit.js";

/** What may come in as an id, so that a log line or a header cannot be forged with it. */
const REQUEST_ID = /^[\w.:/+=@-]{1,128}$/;

/** The W3C trace context's `traceparent`, version 00: https://www.w3.org/TR/trace-context/ */
const TRACE_PARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The status under which nginx logs requests whose client went away before the answer. */
const CLIENT_CLOSED_REQUEST = 499;

/** One HTTP request and its answer, from the first byte to the last. */
export class Exchange implements Call, ServedCall {
  readonly started = performance.now();
  readonly id: string;
  /** The name of the route, for metrics: never a path that a client made up. */
  route = "unmatched";
  error: Error | undefined;
  /** Told the status once the request has ended. */
  onEnd: ((status: number) => void) | undefined;
  notes: [name: string, value: string | number][] | undefined;
  spans: [name: string, startedAt: number, endedAt: number][] | undefined;

  /** Once set, nothing but this answer is sent, whatever the handler still does. */
  isGivenUp = false;
  /** Whether its client did not take its answer. */
  isLetGo = false;
  /** Since when its answer is written, and what its client still sends is thrown away. */
  lingersSince: number | undefined;
  /** What `ExchangeWatch` saw last: bytes that had passed, and when they last did. */
  passed = -1;
  passedAt = 0;
  /** Bytes that are held of the budget. */
  private held = 0;
  private isHandled = false;
  private isClosed = false;
  private overListener: (() => void) | undefined;

  /** `timeLimit` is for requests that name no deadline. */
  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    readonly timeLimit: TimeLimit,
    private readonly budget: ByteBudget,
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
    const url = this.request.url ?? "/";
    const mark = url.indexOf("?");
    return mark < 0 ? url : url.slice(0, mark);
  }

  get hasQuery(): boolean {
    return this.request.url?.includes("?") ?? false;
  }

  get query(): URLSearchParams {
    const url = this.request.url ?? "/";
    const mark = url.indexOf("?");
    return new URLSearchParams(mark < 0 ? "" : url.slice(mark));
  }

  get deadline(): number {
    return this.started + (headerTimeLimit(this.headers) ?? this.timeLimit).milliseconds;
  }

  get parent(): TraceParent | undefined {
    return parseTraceParent(this.headers.traceparent);
  }

  /** HTTP status, as far as the answer has come. */
  get status(): number {
    return this.cancelled ? CLIENT_CLOSED_REQUEST : this.response.statusCode;
  }

  /** True once the client has gone away without a full answer. */
  get cancelled(): boolean {
    return this.isLetGo || (this.response.destroyed && !this.response.writableFinished);
  }

  onCancel(listener: () => void): void {
    this.response.once("close", () => {
      if (this.cancelled) {
        listener();
      }
    });
  }

  onOver(listener: () => void): void {
    this.overListener = listener;
  }

  hold(bytes: number): void {
    if (this.isClosed) {
      throw new ServiceError("client_closed_request", "The client closed the connection.");
    }
    this.budget.hold(bytes, this.held);
    this.held += bytes;
  }

  /** Gives back what was held only for a while. */
  release(bytes: number): void {
    this.budget.release(bytes);
    this.held -= bytes;
  }

  /** Throws away the rest of the body as it comes. */
  discardBody(): void {
    this.request.on("data", ({ length }: Buffer) => this.budget.discarded(length)).resume();
  }

  /** What is held goes back once nobody uses it: neither the handler, which may outlive its answer, nor the socket. */
  handled(): void {
    this.isHandled = true;
    this.endUse();
  }

  /** See `handled`. */
  closed(): void {
    this.isClosed = true;
    this.endUse();
  }

  note(name: string, value: string | number): void {
    (this.notes ??= []).push([name, value]);
  }

  span(name: string, startedAt: number, endedAt: number): void {
    (this.spans ??= []).push([name, startedAt, endedAt]);
  }

  private endUse(): void {
    if (this.isHandled && this.isClosed) {
      this.budget.release(this.held);
      this.held = 0;
      this.overListener?.();
      this.overListener = undefined;
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

/** A `traceparent` header taken apart; undefined when it is absent or malformed, as the standard asks. */
function parseTraceParent(header: string | string[] | undefined): TraceParent | undefined {
  const [, traceId, spanId, flags] = (typeof header === "string" && TRACE_PARENT.exec(header)) || [];
  if (traceId === undefined || spanId === undefined || flags === undefined) {
    return undefined;
  }
  return { traceId, spanId, sampled: (parseInt(flags, 16) & 1) === 1 };
}
