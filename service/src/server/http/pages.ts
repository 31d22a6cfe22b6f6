import express, { type Request, type RequestHandler, type Response } from "express";
import helmet from "helmet";
import { ServiceError } from "../errors.js";
import type { Exchange } from "./exchange.js";

/** A text that is served at a path from memory. */
export interface PageFile {
  readonly path: string;
  readonly contentType: string;
  readonly read: () => Promise<string | Uint8Array>;
}

export interface PagesOptions {
  readonly files: readonly PageFile[];
  /** Absolute path of a folder whose files appear at `/`; absent where there is none. */
  readonly folder?: string;
  /** Called with what went wrong, or with not_found where there is no page. */
  readonly onError: (exchange: Exchange, error: unknown) => void;
}

const SECURITY = helmet({
  contentSecurityPolicy: {
    directives: {
      defaultSrc: ["'self'"],
      imgSrc: ["'self'", "data:", "blob:"],
      // The page of the API's description sets styles from script.
      styleSrc: ["'self'", "'unsafe-inline'"],
      upgradeInsecureRequests: null,
    },
  },
  // TLS ends before this server; whether a host is HTTPS only is for whoever ends it to say.
  strictTransportSecurity: false,
});

/** Serves what people look at, by express: files of a folder, and files from memory. */
export type Pages = (exchange: Exchange) => void;

export function createPages({ files, folder, onError }: PagesOptions): Pages {
  const exchanges = new WeakMap<object, Exchange>();
  const named = (name: string): RequestHandler => {
    return (request, _, next) => {
      const exchange = exchanges.get(request);
      if (exchange !== undefined) {
        exchange.route = name;
      }
      next();
    };
  };
  const app = express().disable("x-powered-by").disable("etag");
  app.use(SECURITY);
  for (const { path, contentType, read } of files) {
    app.get(path, named(path), async (_, response) => {
      response.type(contentType).send(Buffer.from(await read()));
    });
  }
  if (folder !== undefined) {
    app.use(named("static"), vary, express.static(folder));
  }
  return (exchange) => {
    exchanges.set(exchange.request, exchange);
    exchange.response.setHeader("X-Request-Id", exchange.id);
    app(exchange.request as Request, exchange.response as Response, (error: unknown) => {
      if (error === undefined) {
        exchange.route = "unmatched";
      }
      onError(exchange, error ?? new ServiceError("not_found", "There is nothing at this path."));
    });
  };
}

/** The root answers programs and readers of HTML differently. */
const vary: RequestHandler = (_, response, next) => {
  response.vary("Accept");
  next();
};
