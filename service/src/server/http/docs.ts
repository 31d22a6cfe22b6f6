import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { openapi, type ApiTitle } from "./openapi.js";
import type { PageFile } from "./pages.js";
import { json } from "./reply.js";
import type { Access, Route } from "./route.js";

/** The parts of Swagger UI that the page needs; they come from this server, so that it works without internet. */
const ASSETS = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
} as const;

const require = createRequire(import.meta.url);

/** Of Swagger UI: its parts change with it alone. */
const { version: VERSION } = require("swagger-ui-dist/package.json") as { version: string };

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>AI Model Service: the API</title>
    <link rel="stylesheet" href="docs/swagger-ui.css?v=${VERSION}" />
  </head>
  <body>
    <div id="api"></div>
    <script src="docs/swagger-ui-bundle.js?v=${VERSION}"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

const START = `SwaggerUIBundle({ url: "openapi.json", dom_id: "#api", deepLinking: true });\n`;

/** `/openapi.json`: the description of `routes`, of which those of an `open` access need no key. */
export function openapiRoute(routes: readonly Route[], open: ReadonlySet<Access>, title: ApiTitle): Route {
  let document: object | undefined;
  return {
    method: "GET",
    path: "/openapi.json",
    access: "anybody",
    handle: () => json((document ??= openapi(routes, open, title))),
  };
}

/** A page at `/docs` that shows `/openapi.json`, and its parts. */
export function docsPages(): PageFile[] {
  const text = (path: string, contentType: string, body: string): PageFile => ({
    path,
    contentType,
    read: () => Promise.resolve(body),
  });
  return [
    text("/docs", "text/html; charset=utf-8", PAGE),
    text("/docs/start.js", "text/javascript; charset=utf-8", START),
    ...Object.entries(ASSETS).map(([name, contentType]) => ({
      path: `/docs/${name}`,
      contentType,
      read: () => asset(name),
      version: VERSION,
    })),
  ];
}

const assets = new Map<string, Promise<Uint8Array>>();

/** A file of Swagger UI; read once. */
function asset(name: string): Promise<Uint8Array> {
  let bytes = assets.get(name);
  if (bytes === undefined) {
    bytes = readFile(join(dirname(require.resolve("swagger-ui-dist/package.json")), name));
    assets.set(name, bytes);
  }
  return bytes;
}
