import { z } from "zod";
import { ServiceError } from "../../server/errors.js";
import type { Exchange } from "../../server/http/exchange.js";
import { json } from "../../server/http/reply.js";
import type { Route } from "../../server/http/route.js";
import { datasetSchema, type DatasetFolders } from "./dataset-folders.js";

const TAG = "Data sets";
const DIGEST = /^sha-256=:([A-Za-z0-9+/]{43}=):$/;

/** Data sets: sent once, and named by jobs. */
export function datasetRoutes(datasets: DatasetFolders): Route[] {
  return [
    {
      method: "POST",
      path: "/v1/datasets",
      access: "administrator",
      async handle(exchange) {
        const { headers, query } = exchange;
        checkPlain(exchange);
        const contentType = headers["content-type"] ?? "application/octet-stream";
        const upload = {
          name: query.get("name") ?? "",
          contentType,
          expected: digestIn(headers["content-digest"]),
        };
        const dataset = await datasets.add(upload, exchange.request);
        return { status: 201, body: JSON.stringify(dataset) };
      },
      description: {
        tag: TAG,
        summary: "Keeps the body as a version of a data set",
        description:
          "The body is written to disk as it comes. The same bytes under the same name are the same version.",
        query: { name: z.string().describe("The data set's name; must be given.") },
        headers: {
          "Content-Digest": z
            .string()
            .describe("`sha-256=:BASE64:` of the body (RFC 9530), which is compared."),
        },
        request: { "text/csv": null, "application/octet-stream": null },
        response: { "application/json": datasetSchema },
        errors: ["invalid_input", "too_large", "unsupported_media_type", "unprocessable"],
      },
    },
    {
      method: "GET",
      path: "/v1/datasets",
      access: "administrator",
      handle: async () => json({ datasets: await datasets.list() }),
      description: {
        tag: TAG,
        summary: "Every version of every data set",
        response: { "application/json": z.object({ datasets: z.array(datasetSchema) }) },
      },
    },
  ];
}

function checkPlain({ headers }: Exchange): void {
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") {
    throw new ServiceError(
      "unsupported_media_type",
      "A data set is kept as it is sent: leave Content-Encoding out.",
    );
  }
}

/** As hexadecimal digits; undefined without the header. */
function digestIn(header: string | string[] | undefined): string | undefined {
  if (header === undefined) {
    return undefined;
  }
  const [, digest] = (typeof header === "string" && DIGEST.exec(header)) || [];
  if (digest === undefined) {
    throw new ServiceError("invalid_input", "The header Content-Digest must be sha-256=:BASE64:.", {
      path: "content-digest",
    });
  }
  return Buffer.from(digest, "base64").toString("hex");
}
