import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { ServiceError } from "../errors.js";
import type { Reply } from "../http/reply.js";

/** Headers that a page of another origin may send, beside those that every page may. */
const SENT = [
  "Authorization",
  "Content-Encoding",
  "Content-Type",
  "Inference-Header-Content-Length",
  "Request-Timeout-Ms",
  "traceparent",
  "X-Affinity",
  "X-API-Key",
  "X-Request-Id",
];

/** Headers of answers that such a page may read, beside those that every page may. */
const READ = ["Inference-Header-Content-Length", "Retry-After", "X-Model-Version", "X-Request-Id"];

const PREFLIGHT_SECONDS = 600;

/** Whether `text` is an origin as browsers write it. */
export function isOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/**
 * Web pages of other origins. A browser sends what they ask for without asking anybody, with what only this machine or
 * this network can reach: what changes or computes something is refused to all of them but those that are `named`.
 */
export class Origins {
  private readonly named: ReadonlySet<string>;

  constructor(named: readonly string[]) {
    this.named = new Set(named);
  }

  /** Throws forbidden for what a page of another origin asks for. */
  check(headers: IncomingHttpHeaders): void {
    const { origin } = headers;
    if (this.isNamed(origin) || !isForeign(headers)) {
      return;
    }
    throw new ServiceError(
      "forbidden",
      "A web page of another origin may not ask for this; the setting CORS_ORIGINS names those that may.",
    );
  }

  /** Lets the pages that are named read the answer; a cache must not give it to others. */
  mark({ origin }: IncomingHttpHeaders, response: ServerResponse): void {
    if (this.named.size === 0) {
      return;
    }
    response.setHeader("Vary", "Origin");
    if (origin !== undefined && this.isNamed(origin)) {
      response.setHeader("Access-Control-Allow-Origin", origin);
      response.setHeader("Access-Control-Expose-Headers", READ.join(", "));
    }
  }

  /**
   * The answer to a browser that asks ahead whether a page may send a request; undefined where it is no such question.
   * Throws forbidden where the page may not.
   */
  preflight(headers: IncomingHttpHeaders, allowed: readonly string[]): Reply | undefined {
    if (headers.origin === undefined || headers["access-control-request-method"] === undefined) {
      return undefined;
    }
    this.check(headers);
    return {
      status: 204,
      body: "",
      headers: {
        "Access-Control-Allow-Methods": allowed.join(", "),
        "Access-Control-Allow-Headers": SENT.join(", "),
        "Access-Control-Max-Age": String(PREFLIGHT_SECONDS),
      },
    };
  }

  private isNamed(origin: string | undefined): boolean {
    return origin !== undefined && this.named.has(origin);
  }
}

/**
 * Browsers that send `Sec-Fetch-Site` say it themselves, also where a proxy has changed `Host`. Of the others, the origin
 * is compared with the host; not its scheme, since TLS may have ended before this server.
 */
function isForeign(headers: IncomingHttpHeaders): boolean {
  const { origin, host = "" } = headers;
  const site = headers["sec-fetch-site"];
  if (site !== undefined) {
    return site !== "same-origin" && site !== "none";
  }
  return origin !== undefined && !isSameHost(origin, host);
}

function isSameHost(origin: string, host: string): boolean {
  if (!isOrigin(origin)) {
    return false;
  }
  const { protocol, host: own } = new URL(origin);
  const asked = `${protocol}//${host}`;
  return URL.canParse(asked) && new URL(asked).host === own;
}
