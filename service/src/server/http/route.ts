import type { ObjectiveRoute } from "@ai-model-service/contract/objectives";
import type { z } from "zod";
import type { ErrorCode } from "../errors.js";
import type { Exchange } from "./exchange.js";
import type { Reply } from "./reply.js";

export type Parameters = Readonly<Partial<Record<string, string>>>;

/** Translates a request into an answer; what it throws becomes an error response. */
export type Handler = (exchange: Exchange, parameters: Parameters) => Reply | Promise<Reply>;

/** Who may call a route: anybody (probes, pages), whoever has a key, or whoever runs the server, on a port of their own. */
export type Access = "anybody" | "key" | "administrator";

/** A body of a request or an answer: its schema by media type; null means bytes. */
export type Bodies = Readonly<Record<string, z.ZodType | null>>;

/** What the description of the API (OpenAPI) says of a route. */
export interface RouteDescription {
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** By name, with what they mean as the schema's description; all are optional. */
  readonly query?: Readonly<Record<string, z.ZodType>>;
  readonly headers?: Readonly<Record<string, z.ZodType>>;
  readonly request?: Bodies;
  /** True: the request may come without a body. */
  readonly bodyOptional?: boolean;
  readonly response: Bodies;
  readonly errors?: readonly ErrorCode[];
}

/** One route: everything that the server, its metrics and its description need to know of it. */
export interface Route {
  readonly method: "GET" | "POST";
  /** In the syntax of path-to-regexp: `/v2/models/:model{/versions/:version}`. */
  readonly path: string;
  readonly access: Access;
  readonly handle: Handler;
  /** Set for routes whose requests count for objectives: their name in metrics, which the contract lists. */
  readonly objective?: ObjectiveRoute;
  /** Absent for what is not part of the API: pages and their parts. */
  readonly description?: RouteDescription;
  /** True: a page lies at this path too, for those who accept HTML; the route answers everybody else. */
  readonly besidePage?: boolean;
}

/** The name of a route in metrics, logs and traces: its path without what may be left out. */
export function nameOf({ objective, path }: Route): string {
  return objective ?? path.replace(/\{[^}]*\}/g, "").replaceAll("\\", "");
}
