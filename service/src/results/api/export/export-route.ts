import { z } from "zod";
import type { Exchange } from "../../../server/http/exchange.js";
import type { Reply, ReplyBody } from "../../../server/http/reply.js";
import type { Route } from "../../../server/http/route.js";
import type { ResultRow } from "../../store/read-rows.js";
import type { Store } from "../../store/store.js";
import { FILTERS, filtersOf, parametersOf, PAYLOADS } from "../query.js";
import { resultText } from "../result-json.js";
import type { ApiOptions } from "../routes.js";
import { columnsOf, type Column } from "./columns.js";
import { csvOf } from "./csv.js";
import { parquetOf } from "./parquet.js";

interface Format {
  readonly contentType: string;
  readonly write: (
    steps: AsyncIterable<readonly ResultRow[]>,
    columns: readonly Column[],
  ) => AsyncIterable<string | Uint8Array>;
}

const FORMATS = {
  csv: { contentType: "text/csv; charset=utf-8", write: csvOf },
  jsonl: { contentType: "application/x-ndjson", write: jsonLinesOf },
  parquet: { contentType: "application/vnd.apache.parquet", write: parquetOf },
} as const satisfies Readonly<Record<string, Format>>;

const NAMES = ["csv", "jsonl", "parquet"] as const;

const EXPORT = {
  ...FILTERS,
  format: z.enum(NAMES, `must be one of ${NAMES.join(", ")}`).meta({ description: "By default csv." }),
  payloads: PAYLOADS,
} as const;

/** Gives all results that filters mean as a file, as fast as it is taken. */
export function exportRoute({ store }: ApiOptions): Route {
  return {
    method: "GET",
    path: "/v1/results/export",
    access: "administrator",
    handle: (exchange) => exported(exchange, store),
    description: {
      tag: "Results",
      summary: "Export results, newest first",
      description: "A text in CSV that a spreadsheet would take for a formula has a ' before it.",
      query: EXPORT,
      response: {
        "text/csv": z.string(),
        "application/x-ndjson": z.string(),
        "application/vnd.apache.parquet": null,
      },
      errors: ["invalid_input", "storage_unavailable"],
    },
  };
}

async function exported(exchange: Exchange, store: Store): Promise<Reply> {
  const { format = "csv", payloads, ...filters } = parametersOf(exchange.query, EXPORT);
  const withPayloads = payloads === "true";
  const { contentType, write } = FORMATS[format];
  const steps = await begun(store.scan(filtersOf(filters), withPayloads));
  return {
    status: 200,
    contentType,
    headers: { "Content-Disposition": `attachment; filename="results.${format}"` },
    body: write(steps, columnsOf(withPayloads)) satisfies ReplyBody,
  };
}

/** The same steps, the first of which is there: a database that does not answer is told before a file begins. */
async function begun<T>(steps: AsyncGenerator<T>): Promise<AsyncIterable<T>> {
  const first = await steps.next();
  return (async function* () {
    if (first.done !== true) {
      yield first.value;
      yield* steps;
    }
  })();
}

async function* jsonLinesOf(steps: AsyncIterable<readonly ResultRow[]>): AsyncGenerator<string> {
  for await (const rows of steps) {
    yield rows.map((row) => `${resultText(row)}\n`).join("");
  }
}
