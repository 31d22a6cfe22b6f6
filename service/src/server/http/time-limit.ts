import type { IncomingHttpHeaders } from "node:http";
import { ServiceError } from "../errors.js";

/** How long a request may take, and what says so, in words for whoever is told that it is over. */
export interface TimeLimit {
  readonly milliseconds: number;
  readonly name: string;
}

/**
 * How long a client still waits, by the first of these that a request carries: our own, and the one that Envoy and the
 * meshes made of it add to what they forward.
 */
const TIMEOUT_HEADERS = ["request-timeout-ms", "x-envoy-expected-rq-timeout-ms"] as const;

/** What a client's headers allow. Throws invalid_input for a header that is not a positive number. */
export function headerTimeLimit(headers: IncomingHttpHeaders): TimeLimit | undefined {
  for (const name of TIMEOUT_HEADERS) {
    const text = headers[name];
    if (text === undefined) {
      continue;
    }
    const milliseconds = Number(text);
    if (milliseconds > 0 && Number.isFinite(milliseconds)) {
      return { milliseconds, name: `the header ${name} (${milliseconds})` };
    }
    throw new ServiceError("invalid_input", `The header ${name} must be a number of milliseconds above 0.`, {
      path: name,
    });
  }
  return undefined;
}

/** A limit that a setting in seconds gives. */
export function settingTimeLimit(variable: string, seconds: number): TimeLimit {
  return { milliseconds: seconds * 1000, name: `${variable} (${seconds})` };
}
