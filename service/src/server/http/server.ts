/** HTTP: everything between a socket and a route; knows nothing of models. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { ByteBudget } from "../byte-budget.js";
import type { ServiceError } from "../errors.js";
import type { Lifecycle } from "../life/lifecycle.js";
import type { HttpMetrics } from "../observe/http-metrics.js";
import type { RequestLog } from "../observe/request-log.js";
import type { Tracing } from "../observe/tracing.js";
import type { Door } from "./door.js";
import { endsReading, errorReply, toServiceError } from "./error-response.js";
import { Exchange } from "./exchange.js";
import { ExchangeWatch } from "./exchange-watch.js";
import { createPages, type PagesOptions } from "./pages.js";
import { refuse } from "./refuse.js";
import type { Reply } from "./reply.js";
import type { Route } from "./route.js";
import { createRouter } from "./router.js";
import { holdReply, send } from "./send.js";
import { toOriginForm } from "./target.js";
import { settingTimeLimit } from "./time-limit.js";

export interface ServerOptions {
  readonly routes: readonly Route[];
  /** What is at every other path. */
  readonly pages: Omit<PagesOptions, "onError">;
  readonly door: Door;
  readonly metrics: HttpMetrics;
  readonly lifecycle: Lifecycle;
  readonly log: RequestLog;
  readonly tracing: Tracing | undefined;
  readonly budget: ByteBudget;
  /** Seconds that a client may take to send a whole request, or to take a whole answer. */
  readonly bodyTimeoutSeconds: number;
  /** Seconds until a request that names no deadline is given up. */
  readonly requestTimeoutSeconds: number;
}

/** Longer than the 60 seconds after which load balancers drop idle connections, so that they do so first. */
const KEEP_ALIVE_SECONDS = 75;

/** The longest that node:http may take to notice what the watch is there to notice, and notices in better words. */
const SPARE_SECONDS = 5;

/** The HTTP server: one router for the API, express for pages; both measured, limited and answered alike. */
export function createHttpServer(options: ServerOptions): Server {
  const { metrics, lifecycle, log, tracing, door, budget, bodyTimeoutSeconds } = options;
  const timeLimit = settingTimeLimit("REQUEST_TIMEOUT_SECONDS", options.requestTimeoutSeconds);
  const route = createRouter(options.routes);
  const pages = createPages({ ...options.pages, onError: fail });
  const watch = new ExchangeWatch({
    lifecycle,
    clientLimit: settingTimeLimit("BODY_TIMEOUT_SECONDS", bodyTimeoutSeconds),
    giveUp,
    onLost: end,
  });

  function serve(request: IncomingMessage, response: ServerResponse): void {
    toOriginForm(request);
    const exchange = new Exchange(request, response, timeLimit, budget);
    metrics.begin();
    watch.add(exchange);
    response.on("close", () => end(exchange));
    void answer(exchange);
  }

  function end(exchange: Exchange): void {
    if (watch.remove(exchange)) {
      exchange.closed();
      metrics.end(exchange);
      exchange.onEnd?.(exchange.status);
      log.end(exchange);
      tracing?.record(exchange);
    }
  }

  async function answer(exchange: Exchange): Promise<void> {
    try {
      await handle(exchange);
    } catch (error) {
      fail(exchange, error);
      // Nothing is left of what it held, though its client may still be sending.
      exchange.closed();
    }
    exchange.handled();
  }

  /** A promise only where there is something to wait for. */
  function handle(exchange: Exchange): void | Promise<void> {
    door.receive(exchange);
    const found = route(exchange.path);
    if (found === undefined) {
      return pages(exchange);
    }
    const { at, parameters } = found;
    exchange.route = at.name;
    const hit = at.routes.get(exchange.method);
    if (hit === undefined) {
      return send(exchange, door.preflight(exchange, at.allowed), lifecycle.draining);
    }
    if (hit.besidePage === true && wantsHtml(exchange)) {
      return pages(exchange);
    }
    door.admit(exchange, hit);
    const reply = hit.handle(exchange, parameters);
    return reply instanceof Promise
      ? reply.then((replied) => sendFor(hit, exchange, replied))
      : sendFor(hit, exchange, reply);
  }

  /** What concerns predictions is counted; probes and whoever runs the server are answered however full it is. */
  function sendFor({ access }: Route, exchange: Exchange, reply: Reply): void | Promise<void> {
    if (access === "key") {
      holdReply(exchange, reply);
    }
    return send(exchange, reply, lifecycle.draining);
  }

  function fail(exchange: Exchange, thrown: unknown): void {
    const { request, response } = exchange;
    if (exchange.isGivenUp) {
      return;
    }
    // An answer that has begun cannot become another: its end must not look like a whole one.
    const error = toServiceError(thrown);
    exchange.error = error;
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const cutsOff = endsReading(error) && !request.complete;
    if (cutsOff) {
      exchange.lingersSince = performance.now();
    }
    void send(exchange, errorReply(error), lifecycle.draining || cutsOff || error.code === "too_large");
  }

  function giveUp(exchange: Exchange, error: ServiceError): void {
    fail(exchange, error);
    exchange.isGivenUp = true;
  }

  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_SECONDS * 1000,
      requestTimeout: (bodyTimeoutSeconds + SPARE_SECONDS) * 1000,
      headersTimeout: bodyTimeoutSeconds * 1000,
      connectionsCheckingInterval: Math.min(1000, bodyTimeoutSeconds * 250),
    },
    serve,
  );
  return server.on("clientError", refuse);
}

function wantsHtml({ headers }: Exchange): boolean {
  return headers.accept?.includes("text/html") ?? false;
}
