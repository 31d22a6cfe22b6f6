import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { ServiceError } from "../errors.js";
import type { Access } from "./route.js";

/** Throws unauthorized unless a request with these headers may call a route of that access. */
export type AccessCheck = (access: Access, headers: IncomingHttpHeaders) => void;

/**
 * A check that asks for one of `keys`, as `X-API-Key` or `Authorization: Bearer`, on every route that is not for anybody.
 * Without keys everything passes. Digests of equal length are compared, each in constant time and always all of them.
 */
export function createAccessCheck(keys: readonly string[]): AccessCheck {
  if (keys.length === 0) {
    return () => undefined;
  }
  const digests = keys.map(digest);
  return (access, headers) => {
    if (access === "anybody") {
      return;
    }
    const given = keyOf(headers);
    if (given === undefined) {
      throw new ServiceError(
        "unauthorized",
        "An API key is needed: send it as X-API-Key, or as Authorization: Bearer KEY.",
      );
    }
    const actual = digest(given);
    const matches = digests.filter((expected) => timingSafeEqual(expected, actual));
    if (matches.length === 0) {
      throw new ServiceError("unauthorized", "The API key is not known.");
    }
  };
}

function digest(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

function keyOf(headers: IncomingHttpHeaders): string | undefined {
  const key = headers["x-api-key"];
  if (typeof key === "string") {
    return key;
  }
  return /^bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];
}
