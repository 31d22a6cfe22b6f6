import { z } from "zod";
import { json, type Reply } from "../../server/http/reply.js";
import type { Exchange } from "../../server/http/exchange.js";
import { parseJson } from "../../server/http/json-body.js";
import { jsonPieces } from "../../server/http/pieces.js";
import { readBody } from "../../server/http/read-body.js";
import type { Route } from "../../server/http/route.js";
import type { ResultsMetrics } from "../results-metrics.js";
import type { Settings } from "../settings.js";
import type { ResultRow } from "../store/read-rows.js";
import type { Store } from "../store/store.js";
import { cursorOf, positionOf } from "./cursor.js";
import { MOST_RESULTS, newResult, readResults } from "./new-result.js";
import { FILTERS, filtersOf, parametersOf, PAYLOADS } from "./query.js";
import { resultSchema, resultText } from "./result-json.js";

/** What the routes work with. */
export interface ApiOptions {
  readonly settings: Pick<Settings, "maxBodyBytes" | "payloadDays">;
  readonly store: Store;
  readonly metrics: ResultsMetrics;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What is answered to results that came. */
export const receivedSchema = z.object({
  received: z.int().meta({ description: "Results in the request." }),
  stored: z.int().meta({ description: "Those of them that were not there yet." }),
});

/** Takes results, and acknowledges them when they are durable. */
export function postResultsRoute({ settings, store, metrics, now }: ApiOptions): Route {
  return {
    method: "POST",
    path: "/v1/results",
    access: "key",
    async handle(exchange) {
      const body = await parseJson(exchange, await readBody(exchange, settings.maxBodyBytes));
      const batch = await readResults(body, now(), settings.payloadDays > 0);
      const stored = await store.add(batch);
      const received = batch.results.length;
      metrics.received("api", received, stored);
      exchange.note("results", received);
      return json({ received, stored });
    },
    description: {
      tag: "Results",
      summary: "Keep results; the answer comes when they are on the disk",
      request: {
        "application/json": z.object({ results: z.array(newResult).min(1).max(MOST_RESULTS) }),
      },
      response: { "application/json": receivedSchema },
      errors: ["invalid_input", "invalid_json", "too_large", "queue_full", "storage_unavailable"],
    },
  };
}

const MOST = 1000;
const MOST_WITH_PAYLOADS = 50;

const LIST = {
  ...FILTERS,
  limit: z.coerce
    .number("must be a whole number")
    .int("must be a whole number")
    .min(1, "must be at least 1")
    .max(MOST, `must be at most ${MOST}`)
    .meta({ description: `Results on a page: 100 by default, ${MOST_WITH_PAYLOADS} at most with payloads.` }),
  cursor: z.string().meta({ description: "The `next` of the page before." }),
  payloads: PAYLOADS,
} as const;

/** Finds results, newest first, page by page. */
export function listResultsRoute({ store }: ApiOptions): Route {
  return {
    method: "GET",
    path: "/v1/results",
    access: "administrator",
    handle: (exchange) => list(exchange, store),
    description: {
      tag: "Results",
      summary: "Find results, newest first",
      description: "What comes while somebody turns the pages moves none of them.",
      query: LIST,
      response: {
        "application/json": z.object({
          results: z.array(resultSchema),
          next: z.string().nullable().meta({ description: "The cursor of the next page; null on the last." }),
        }),
      },
      errors: ["invalid_input", "storage_unavailable"],
    },
  };
}

async function list(exchange: Exchange, store: Store): Promise<Reply> {
  const { limit: asked = 100, cursor, payloads, ...filters } = parametersOf(exchange.query, LIST);
  const withPayloads = payloads === "true";
  const limit = withPayloads ? Math.min(asked, MOST_WITH_PAYLOADS) : asked;
  const after = cursor === undefined ? undefined : positionOf(cursor);
  const rows = await store.find(filtersOf(filters), after, limit + 1, withPayloads);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return jsonPieces(pageText(rows.slice(0, limit), last && cursorOf(last)));
}

function* pageText(rows: readonly ResultRow[], next: string | undefined): Generator<string> {
  let opening = '{"results":[';
  for (const row of rows) {
    yield opening + resultText(row);
    opening = ",";
  }
  yield `${rows.length === 0 ? opening : ""}],"next":${JSON.stringify(next ?? null)}}`;
}
