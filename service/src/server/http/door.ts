import { createHostCheck } from "../access/loopback.js";
import type { Keys } from "../access/keys.js";
import { Origins } from "../access/origins.js";
import { ServiceError } from "../errors.js";
import { createAccessCheck, type AccessCheck, type Reach } from "./access.js";
import type { Exchange } from "./exchange.js";
import type { Reply } from "./reply.js";
import type { Route } from "./route.js";

export interface DoorOptions {
  readonly keys: Keys;
  readonly reach: Reach;
  /** Whether the server listens on loopback. */
  readonly onLoopback: boolean;
  /** Whose web pages may call the server beside its own. */
  readonly corsOrigins: readonly string[];
}

/** Who is let in at a port: all that is asked of a request before its route's handler. */
export class Door {
  private readonly origins: Origins;
  private readonly checkHost: ((host: string | undefined) => void) | undefined;
  private readonly checkAccess: AccessCheck;

  constructor({ keys, reach, onLoopback, corsOrigins }: DoorOptions) {
    this.origins = new Origins(corsOrigins);
    this.checkHost = onLoopback ? createHostCheck() : undefined;
    this.checkAccess = createAccessCheck(keys, reach);
  }

  /** What holds for every request, whatever it asks for. Throws invalid_input, forbidden. */
  receive({ request, response }: Exchange): void {
    this.origins.mark(request.headers, response);
    if (hasSeveralHosts(request.rawHeaders)) {
      throw new ServiceError("invalid_input", "The request has several Host headers; it must have one.");
    }
    this.checkHost?.(request.headers.host);
  }

  /** What is asked of a request for a route. Throws forbidden, unauthorized, too_many_requests. */
  admit(exchange: Exchange, { access, method }: Route): void {
    if (method !== "GET") {
      this.origins.check(exchange.headers);
    }
    this.checkAccess(access, exchange);
  }

  /** The answer to a method that a path does not take: only browsers, which ask ahead for a page, get more than an error. */
  preflight({ method, headers }: Exchange, allowed: readonly string[]): Reply {
    const reply = method === "OPTIONS" ? this.origins.preflight(headers, allowed) : undefined;
    if (reply === undefined) {
      throw new ServiceError("method_not_allowed", `This path takes ${allowed.join(", ")}, not ${method}.`, {
        allowed,
      });
    }
    return reply;
  }
}

/** Node.js takes the first and drops the others, which who stands before this server may have gone by. */
function hasSeveralHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === "host") {
      hosts += 1;
    }
  }
  return hosts > 1;
}
