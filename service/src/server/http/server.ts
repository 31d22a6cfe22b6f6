/** HTTP: everything between a socket and a route; knows nothing of models. */

import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import { ServiceError } from "../errors.js";
import type { Lifecycle } from "../life/lifecycle.js";
import type { HttpMetrics } from "../observe/http-metrics.js";
import type { RequestLog } from "../observe/request-log.js";
import type { Tracing } from "../observe/tracing.js";
import type { Door } from "./door.js";
import { errorBody, errorReply, toServiceError } from "./error-response.js";
import { Exchange } from "./exchange.js";
import { createPages, type PagesOptions } from "./pages.js";
import type { Route } from "./route.js";
import { createRouter } from "./router.js";
import { send } from "./send.js";
import { toOriginForm } from "./target.js";

export interface ServerOptions {
  readonly routes: readonly Route[];
  /** What is at every other path. */
  readonly pages: Omit<PagesOptions, "onError">;
  readonly door: Door;
  readonly metrics: HttpMetrics;
  readonly lifecycle: Lifecycle;
  readonly log: RequestLog;
  readonly tracing: Tracing | undefined;
  /** Seconds that a client may take to send a whole request. */
  readonly bodyTimeoutSeconds: number;
  /** Seconds until a request that names no deadline is given up. */
  readonly requestTimeoutSeconds: number;
}

/** Longer than the 60 seconds after which load balancers drop idle connections, so that they do so first. */
const KEEP_ALIVE_SECONDS = 75;

/** The HTTP server: one router for the API, express for pages; both measured, limited and answered alike. */
export function createHttpServer(options: ServerOptions): Server {
  const { metrics, lifecycle, log, tracing, door } = options;
  const timeoutMs = options.requestTimeoutSeconds * 1000;
  const route = createRouter(options.routes);
  const pages = createPages({ ...options.pages, onError: fail });

  function serve(request: IncomingMessage, response: ServerResponse): void {
    toOriginForm(request);
    const exchange = new Exchange(request, response, timeoutMs);
    metrics.begin();
    response.on("close", () => {
      metrics.end(exchange);
      exchange.onEnd?.(exchange.status);
      log.end(exchange);
      tracing?.record(exchange);
    });
    answer(exchange).catch((error: unknown) => fail(exchange, error));
  }

  async function answer(exchange: Exchange): Promise<void> {
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
    return send(exchange, await hit.handle(exchange, parameters), lifecycle.draining);
  }

  function fail(exchange: Exchange, thrown: unknown): void {
    const error = toServiceError(thrown);
    exchange.error = error;
    // An answer that has begun cannot become another: its end must not look like a whole one.
    if (exchange.response.headersSent) {
      exchange.response.destroy();
    } else {
      void send(exchange, errorReply(error), lifecycle.draining);
    }
  }

  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_SECONDS * 1000,
      requestTimeout: options.bodyTimeoutSeconds * 1000,
      headersTimeout: options.bodyTimeoutSeconds * 1000,
      connectionsCheckingInterval: Math.min(1000, options.bodyTimeoutSeconds * 250),
    },
    serve,
  );
  return server.on("clientError", refuse);
}

function wantsHtml({ headers }: Exchange): boolean {
  return headers.accept?.includes("text/html") ?? false;
}

/** Answers what is not even HTTP, or came too slowly, and closes. */
function refuse(fault: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || fault.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const error = protocolError(fault.code);
  const body = JSON.stringify(errorBody(error));
  socket.end(
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ""}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function protocolError(code: string | undefined): ServiceError {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new ServiceError("request_timeout", "The request took too long to arrive.");
    case "HPE_HEADER_OVERFLOW":
      return new ServiceError("headers_too_large", "The headers are too large.");
    default:
      return new ServiceError("invalid_input", "This is not a valid HTTP/1.1 request.");
  }
}
