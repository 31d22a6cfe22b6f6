import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import { ServiceError } from "../errors.js";
import { errorBody, errorReply, toServiceError } from "./error-response.js";
import { Exchange } from "./exchange.js";
import { createHotRouter } from "./hot-router.js";
import type { Lifecycle } from "../life/lifecycle.js";
import type { HttpMetrics } from "../observe/http-metrics.js";
import type { RequestLog } from "../observe/request-log.js";
import type { Reply } from "./reply.js";
import type { HotRoute } from "./route.js";
import type { Tracing } from "../observe/tracing.js";

export interface ServerOptions {
  readonly hotRoutes: readonly HotRoute[];
  /** Serves every request that is on no hot route. */
  readonly fallback: (exchange: Exchange) => void;
  /** Throws unauthorized. */
  readonly checkKey: (headers: IncomingMessage["headers"]) => void;
  readonly metrics: HttpMetrics;
  readonly lifecycle: Lifecycle;
  readonly log: RequestLog;
  readonly tracing: Tracing | undefined;
  /** Seconds that a client may take to send a whole request. */
  readonly bodyTimeoutSeconds: number;
}

/** Longer than the 60 seconds after which load balancers drop idle connections, so that they do so first. */
const KEEP_ALIVE_SECONDS = 75;

/** The HTTP server: hot routes first, everything else to express; both measured, limited and answered alike. */
export function createHttpServer(options: ServerOptions): Server {
  const { metrics, lifecycle, log, tracing } = options;
  const match = createHotRouter(options.hotRoutes);
  const respond = createResponder(lifecycle);

  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const exchange = new Exchange(request, response);
    metrics.begin();
    response.on("close", () => {
      metrics.end(exchange);
      log.end(exchange);
      tracing?.record(exchange);
    });
    answer(exchange).catch((error: unknown) => respond.error(exchange, error));
  };

  async function answer(exchange: Exchange): Promise<void> {
    const hit = match(exchange.path);
    if (hit === undefined) {
      return options.fallback(exchange);
    }
    exchange.route = hit.route.path;
    if (exchange.method !== "POST") {
      return respond.methodNotAllowed(exchange, ["POST"]);
    }
    options.checkKey(exchange.headers);
    respond.reply(exchange, await hit.route.handle(exchange, hit.parameters));
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

/** Writes answers and errors, for the hot routes and express alike. */
export interface Responder {
  reply(exchange: Exchange, reply: Reply): void;
  error(exchange: Exchange, error: unknown): void;
  methodNotAllowed(exchange: Exchange, allowed: readonly string[]): void;
}

export function createResponder(lifecycle: Lifecycle): Responder {
  const reply: Responder["reply"] = (exchange, answer) => exchange.send(answer, lifecycle.draining);
  return {
    reply,
    error(exchange, thrown) {
      const error = toServiceError(thrown);
      exchange.error = error;
      reply(exchange, errorReply(error, error.status === 401 ? { "WWW-Authenticate": "Bearer" } : {}));
    },
    methodNotAllowed(exchange, allowed) {
      const methods = allowed.join(", ");
      const error = new ServiceError(
        "method_not_allowed",
        `This path takes ${methods}, not ${exchange.method}.`,
      );
      exchange.error = error;
      reply(exchange, errorReply(error, { Allow: methods }));
    },
  };
}

/** Answers what is not even HTTP, or came too slowly, and closes. */
function refuse(fault: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || fault.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const error = protocolError(fault.code);
  const status = fault.code === "HPE_HEADER_OVERFLOW" ? 431 : error.status;
  const body = JSON.stringify(errorBody(error));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function protocolError(code: string | undefined): ServiceError {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return new ServiceError("request_timeout", "The request took too long to arrive.");
  }
  if (code === "HPE_HEADER_OVERFLOW") {
    return new ServiceError("invalid_input", "The headers are too large.");
  }
  return new ServiceError("invalid_input", "This is not a valid HTTP/1.1 request.");
}
