import { createHash } from "node:crypto";
import express, { type Request, type RequestHandler, type Response } from "express";
import helmet from "helmet";
import { ServiceError } from "../errors.js";
import type { Exchange } from "./exchange.js";

/** A text that is served at a path from memory. */
export interface PageFile {
  readonly path: string;
  readonly contentType: string;
  /** Called once. */
  readonly read: () => Promise<string | Uint8Array>;
  /** Of what is asked for as `?v=VERSION`, which a browser need not ask for again. */
  readonly version?: string;
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
  for (const file of files) {
    app.get(file.path, named(file.path), fromMemory(file));
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

const FOR_EVER = "public, max-age=31536000, immutable";

/** A browser asks whether it has changed, and gets it only then; what is named with its version it keeps without asking. */
function fromMemory({ contentType, read, version }: PageFile): RequestHandler {
  let kept: Promise<{ body: Buffer; tag: string }> | undefined;
  const keep = async (): Promise<{ body: Buffer; tag: string }> => {
    const body = Buffer.from(await read());
    return { body, tag: `"${createHash("sha256").update(body).digest("base64url")}"` };
  };
  return async (request, response) => {
    const { body, tag } = await (kept ??= keep());
    const isNamed = version !== undefined && request.query["v"] === version;
    response.set({ ETag: tag, "Cache-Control": isNamed ? FOR_EVER : "no-cache" });
    response.type(contentType).send(body);
  };
}

/** The root answers programs and readers of HTML differently. */
const vary: RequestHandler = (_, response, next) => {
  response.vary("Accept");
  next();
};
