import type { Exchange } from "../../server/http/exchange.js";
import type { Routing } from "../engine/engine.js";

/** Tells who asks, so that they get the same version every time. */
export type RoutingOf = (exchange: Exchange) => Routing;

/**
 * By the header `name`, else by the request's id where the caller gave one: the same request sent again gets the same
 * version. An id of our own is like no other, and tells nothing: those requests are divided by counting, which keeps the
 * shares exactly.
 */
export function routingBy(name: string): RoutingOf {
  const header = name.toLowerCase();
  return ({ headers, id }) => {
    const given = headers[header];
    if (typeof given === "string" && given !== "") {
      return { affinity: given };
    }
    return { affinity: headers["x-request-id"] === id ? id : undefined };
  };
}
