import type { IncomingMessage } from "node:http";

const SLASH = "/".charCodeAt(0);

/**
 * A request may name its target in full (`GET http://host/path`), as to a proxy: from here on it is one like the others.
 * The host in the target counts, whatever the header says (RFC 9112, 3.2.2).
 */
export function toOriginForm(request: IncomingMessage): void {
  const { url } = request;
  if (url === undefined || url.charCodeAt(0) === SLASH) {
    return;
  }
  const [, host, rest] = /^https?:\/\/([^/?#]*)([^#]*)/i.exec(url) ?? [];
  if (host === undefined || rest === undefined) {
    return;
  }
  request.headers.host = host;
  request.url = rest.startsWith("/") ? rest : `/${rest}`;
}
