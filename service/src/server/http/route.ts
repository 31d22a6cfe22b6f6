import type { Exchange } from "./exchange.js";
import type { Reply } from "./reply.js";

export type Parameters = Readonly<Record<string, string | undefined>>;

/** Translates a request into an answer; what it throws becomes an error response. */
export type Handler = (exchange: Exchange, parameters: Parameters) => Reply | Promise<Reply>;

/** A route that express serves. `path` is in path-to-regexp's syntax and is the route's name in metrics. */
export interface Route {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly handle: Handler;
  /** True: no API key is asked for. */
  readonly open?: boolean;
  /** True: a static page lies at this path too, for those who accept HTML; the route answers everybody else. */
  readonly besidePage?: boolean;
}

/** A POST route that is answered before express sees it, for speed. */
export interface HotRoute {
  /** The route's name in metrics. */
  readonly path: string;
  /** Matches the whole path; named groups are the parameters. */
  readonly pattern: RegExp;
  readonly handle: Handler;
}
