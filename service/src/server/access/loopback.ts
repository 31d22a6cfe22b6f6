import { ServiceError } from "../errors.js";

/** Whether an address or name that is listened on can be reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

/** `NAME`, `NAME:PORT` and `[ADDRESS]:PORT`, and none of what a URL's parser would skip. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d*)?$/i;

/**
 * A check of the header `Host` for a server that listens on loopback: a web page anywhere can have its own name point
 * to 127.0.0.1, and would then count as the server's own page. Throws forbidden.
 */
export function createHostCheck(): (host: string | undefined) => void {
  let known: string | undefined;
  return (host) => {
    // Most come from one client after another that call it the same.
    if (host === known || host === undefined) {
      return;
    }
    if (!HOST.test(host) || !isLoopback(nameOf(host))) {
      throw new ServiceError(
        "forbidden",
        "This server listens on loopback and answers to localhost, 127.0.0.1 and [::1] alone; the header Host has another name.",
      );
    }
    known = host;
  };
}

/** The name without the port, as browsers write it: `127.1` is `127.0.0.1`. */
function nameOf(host: string): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : "";
}
