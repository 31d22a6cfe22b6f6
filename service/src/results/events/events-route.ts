import { EVENT_TYPES } from "@ai-model-service/contract/events";
import { readBody } from "../../server/http/read-body.js";
import { json } from "../../server/http/reply.js";
import type { Route } from "../../server/http/route.js";
import { giveTurn } from "../../server/turns.js";
import { jsonText, MOST_PAYLOAD } from "../api/new-result.js";
import { receivedSchema, type ApiOptions } from "../api/routes.js";
import type { Batch, NewExchange, NewResult } from "../store/stored-result.js";
import { EVENT_BODIES, readEvents, type CloudEvent } from "./cloud-event.js";
import { predictionsOf } from "./predictions.js";

/** Takes CloudEvents of requests and responses, and acknowledges them when they are durable. */
export function eventsRoute({ settings, store, metrics, now }: ApiOptions): Route {
  return {
    method: "POST",
    path: "/v1/events",
    access: "key",
    async handle(exchange) {
      const body = await readBody(exchange, settings.maxBodyBytes);
      const events = await readEvents(exchange, body);
      const batch = await batchOf(events, now(), settings.payloadDays > 0);
      const stored = await store.add(batch);
      const received = batch.results.length;
      metrics.received("events", received, stored);
      exchange.note("events", events.length);
      return json({ received, stored });
    },
    description: {
      tag: "Events",
      summary:
        "Keep the requests and responses that KServe's logger, or this project's inference service, tells of",
      description:
        "CloudEvents 1.0 in binary mode (attributes in headers, the data as the body), structured mode, or a batch. A " +
        "request and its response have the same id, and come in any order.",
      request: EVENT_BODIES,
      response: { "application/json": receivedSchema },
      errors: ["invalid_input", "invalid_json", "too_large", "queue_full", "storage_unavailable"],
    },
  };
}

async function batchOf(events: readonly CloudEvent[], now: number, keepsPayloads: boolean): Promise<Batch> {
  const results: NewResult[] = [];
  const exchanges: NewExchange[] = [];
  for (const event of events) {
    exchanges.push(exchangeOf(event, now, keepsPayloads));
    if (event.type !== EVENT_TYPES.request) {
      results.push(...resultsOf(event, now));
    }
    await giveTurn();
  }
  return { results, exchanges };
}

function exchangeOf(event: CloudEvent, now: number, keepsPayloads: boolean): NewExchange {
  const { id, type, subject, time = now, data } = event;
  const payload = keepsPayloads ? payloadOf(data) : undefined;
  return type === EVENT_TYPES.request
    ? { id, subject, requested: time, input: payload }
    : { id, subject, responded: time, output: payload };
}

/** What is too large is left out: whoever sends events cannot be told to send less. */
function payloadOf(data: unknown): string | undefined {
  const text = data === undefined ? undefined : jsonText(data);
  return text !== undefined && text.length <= MOST_PAYLOAD ? text : undefined;
}

/** A result for each row of a response: the event's id, or where there are several with its place behind it. */
function resultsOf(event: CloudEvent, now: number): NewResult[] {
  const { id, time = now, subject, inferenceservicename } = event;
  const { model = inferenceservicename, version = "", rows } = predictionsOf(event.data);
  return rows.map(({ label = "", probability, value, top }, row) => ({
    id: rows.length === 1 ? id : `${id}/${row}`,
    time,
    model,
    version,
    label,
    decision: "",
    probability,
    value,
    top: top && JSON.stringify(top),
    subject,
    exchange: id,
  }));
}
