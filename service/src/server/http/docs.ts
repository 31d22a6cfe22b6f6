import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { openapi, type Operation } from "./openapi.js";
import { json, type Reply } from "./reply.js";
import type { Route } from "./route.js";

/** The parts of Swagger UI that the page needs; they come from this server, so that it works without internet. */
const ASSETS = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
} as const;

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>AI Model Service: the API</title>
    <link rel="stylesheet" href="docs/swagger-ui.css" />
  </head>
  <body>
    <div id="api"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

const START = `SwaggerUIBundle({ url: "openapi.json", dom_id: "#api", deepLinking: true });\n`;

/** `/openapi.json`, and a page at `/docs` that shows it. */
export function docsRoutes(operations: readonly Operation[]): Route[] {
  const get = (path: string, handle: Route["handle"]): Route => ({ method: "GET", path, open: true, handle });
  let document: object | undefined;
  return [
    get("/openapi.json", () => json((document ??= openapi(operations)))),
    get("/docs", () => text(PAGE, "text/html; charset=utf-8")),
    get("/docs/start.js", () => text(START, "text/javascript; charset=utf-8")),
    ...Object.entries(ASSETS).map(([name, type]) =>
      get(`/docs/${name}`, async () => text(await readFile(assetPath(name)), type)),
    ),
  ];
}

function text(body: string | Uint8Array, contentType: string): Reply {
  return { status: 200, contentType, body };
}

function assetPath(name: string): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve("swagger-ui-dist/package.json")), name);
}
