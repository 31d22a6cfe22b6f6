import type { IncomingHttpHeaders } from "node:http";
import type { KeyHolder } from "../access/key-holder.js";
import type { Keys } from "../access/keys.js";
import { ServiceError } from "../errors.js";
import type { Exchange } from "./exchange.js";
import type { Access } from "./route.js";

/**
 * Who reaches a port: administrators alone, as the network around it says; this machine alone, as it is on loopback; or
 * anybody.
 */
export type Reach = "administrators" | "this-machine" | "anybody";

/** Throws unauthorized, forbidden or too_many_requests unless a request may call a route of that access. */
export type AccessCheck = (access: Access, exchange: Exchange) => void;

/** A check that asks for a key, as `X-API-Key` or `Authorization: Bearer`, where the port alone does not say enough. */
export function createAccessCheck(keys: Keys, reach: Reach): AccessCheck {
  const open = openAccess(keys, reach);
  return (access, exchange) => {
    if (open.has(access)) {
      return;
    }
    if (access === "administrator" && !keys.guardAdministration) {
      throw new ServiceError(
        "forbidden",
        "This path is the administrator's: set ADMIN_PORT, or ADMIN_API_KEYS and send one of them.",
      );
    }
    const holder = holderOf(keys, exchange.headers);
    exchange.note("key", holder.name);
    exchange.onEnd = (status) => holder.count(status);
    if (access === "administrator" && holder.role !== "admin") {
      throw new ServiceError(
        "forbidden",
        "This API key may predict; this path needs an administrator's key.",
      );
    }
    holder.begin();
    exchange.onEnd = (status) => holder.finish(status);
  };
}

/** What needs no key on a port. */
export function openAccess(
  { guardPredictions, guardAdministration }: Keys,
  reach: Reach,
): ReadonlySet<Access> {
  const open = new Set<Access>(["anybody"]);
  if (!guardPredictions) {
    open.add("key");
  }
  // On one port with callers who need a key, administrators need one all the more.
  const isTrusted = reach === "administrators" || (reach === "this-machine" && !guardPredictions);
  if (isTrusted && !guardAdministration) {
    open.add("administrator");
  }
  return open;
}

function holderOf({ ring }: Keys, headers: IncomingHttpHeaders): KeyHolder {
  const given = keyOf(headers);
  if (given === undefined) {
    throw new ServiceError(
      "unauthorized",
      "An API key is needed: send it as X-API-Key, or as Authorization: Bearer KEY.",
    );
  }
  const holder = ring.find(given);
  if (holder === undefined) {
    throw new ServiceError("unauthorized", "The API key is not known.");
  }
  return holder;
}

function keyOf(headers: IncomingHttpHeaders): string | undefined {
  const key = headers["x-api-key"];
  if (typeof key === "string") {
    return key;
  }
  return /^bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];
}
