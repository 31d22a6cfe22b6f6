import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { ServiceError } from "../errors.js";

/**
 * A check that throws unauthorized unless a request carries one of `keys`, as `X-API-Key` or `Authorization: Bearer`.
 * Without keys everything passes. Digests of equal length are compared, each in constant time and always all of them.
 */
export function createKeyCheck(keys: readonly string[]): (headers: IncomingHttpHeaders) => void {
  if (keys.length === 0) {
    return () => undefined;
  }
  const digests = keys.map(digest);
  return (headers) => {
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
