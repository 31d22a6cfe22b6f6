import express, { type Express, type Request, type RequestHandler, type Response } from "express";
import helmet from "helmet";
import { ServiceError } from "../errors.js";
import type { Exchange } from "./exchange.js";
import type { Route } from "./route.js";
import type { Responder } from "./server.js";

export interface StaticFolder {
  /** Where the files appear. */
  readonly path: string;
  /** Absolute path of the folder. */
  readonly folder: string;
}

export interface AppOptions {
  readonly routes: readonly Route[];
  readonly folders: readonly StaticFolder[];
  readonly responder: Responder;
  readonly checkKey: (headers: Exchange["headers"]) => void;
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

const exchanges = new WeakMap<object, Exchange>();

/** Everything that people look at, served by express; `handle` takes an exchange whose route is not known yet. */
export function createApp(options: AppOptions): (exchange: Exchange) => void {
  const app = express().disable("x-powered-by").disable("etag");
  app.use(SECURITY);
  for (const path of new Set(options.routes.map((route) => route.path))) {
    addPath(app, path, options);
  }
  for (const { path, folder } of options.folders) {
    app.use(path, named("static"), express.static(folder));
  }
  return (exchange) => {
    exchanges.set(exchange.request, exchange);
    app(exchange.request as Request, exchange.response as Response, (error: unknown) => {
      if (error === undefined) {
        exchange.route = "unmatched";
      }
      options.responder.error(exchange, error ?? notFound());
    });
  };
}

function notFound(): ServiceError {
  return new ServiceError("not_found", "There is nothing at this path.");
}

function addPath(app: Express, path: string, { routes, responder, checkKey }: AppOptions): void {
  const here = routes.filter((route) => route.path === path);
  const chain = app.route(path).all(named(path));
  if (here.some(({ besidePage }) => besidePage)) {
    chain.all(leavePage);
  }
  for (const { method, handle, open } of here) {
    chain[method === "GET" ? "get" : "post"](async (request) => {
      const exchange = exchangeOf(request);
      if (open !== true) {
        checkKey(exchange.headers);
      }
      responder.reply(exchange, await handle(exchange, request.params as Record<string, string>));
    });
  }
  const allowed = here.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method]));
  chain.all((request) => responder.methodNotAllowed(exchangeOf(request), allowed));
}

/** Leaves a request of somebody who reads HTML to the folders of static files. */
const leavePage: RequestHandler = (request, response, next) => {
  response.vary("Accept");
  next(request.accepts(["json", "html"]) === "html" ? "route" : undefined);
};

function named(route: string): RequestHandler {
  return (request, ...[, next]) => {
    exchangeOf(request).route = route;
    next();
  };
}

function exchangeOf(request: object): Exchange {
  const exchange = exchanges.get(request);
  if (exchange === undefined) {
    throw new Error("a request reached express without an exchange");
  }
  return exchange;
}
