/** Events: CloudEvents 1.0 in KServe's types, as its logger sends them. */

import type { IncomingHttpHeaders } from "node:http";
import { EVENT_BATCH, EVENT_TYPES } from "@ai-model-service/contract/events";
import { z } from "zod";
import { checked, parseJson } from "../../server/http/json-body.js";
import { parseMediaType } from "../../server/http/media-type.js";
import { ServiceError } from "../../server/errors.js";
import type { Exchange } from "../../server/http/exchange.js";
import { isList, partsOf } from "../../server/http/long-list.js";
import { line, moment } from "../api/fields.js";

/** The media type of one event in structured mode. */
const STRUCTURED = "application/cloudevents+json";

const TYPES = [EVENT_TYPES.request, EVENT_TYPES.response] as const;

/** Events in one request at most. */
const MOST_EVENTS = 10_000;

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json$/;

const attributes = z.object({
  specversion: z.literal("1.0", "must be 1.0"),
  id: line(200),
  type: z.enum(TYPES, `must be ${TYPES.join(" or ")}`),
  source: line(500),
  time: moment.optional(),
  subject: line(200).optional(),
  datacontenttype: z.string("must be a text").optional(),
  inferenceservicename: line(200).meta({ description: "The model, unless the data names one." }),
  namespace: line(200).optional(),
  component: line(200).optional(),
  endpoint: line(200).optional(),
});

const structured = attributes.extend({
  data: z.unknown().optional(),
  data_base64: z.base64("must be base64").optional(),
});

const eventSchema = structured.meta({ id: "CloudEvent" });

/** What events come as, for the description. */
export const EVENT_BODIES = {
  [STRUCTURED]: eventSchema,
  [EVENT_BATCH]: z.array(eventSchema),
  "application/json": z.unknown(),
};

/** An event whose data, if it is JSON, is read. */
export interface CloudEvent extends z.output<typeof attributes> {
  readonly data: unknown;
}

/** The events of a request: one in binary or structured mode, or a batch. Throws invalid_input, invalid_json. */
export async function readEvents(exchange: Exchange, body: Buffer): Promise<CloudEvent[]> {
  const { type } = parseMediaType(exchange.headers["content-type"]);
  switch (type) {
    case STRUCTURED:
      return [await structuredEvent(exchange, await parseJson(exchange, body), [])];
    case EVENT_BATCH:
      return batch(exchange, await parseJson(exchange, body));
    default:
      return [await binaryEvent(exchange, body, type)];
  }
}

async function batch(exchange: Exchange, list: unknown): Promise<CloudEvent[]> {
  if (!isList(list) || list.length > MOST_EVENTS) {
    throw new ServiceError(
      "invalid_input",
      `The request body must be a list of at most ${MOST_EVENTS} events.`,
    );
  }
  const events: CloudEvent[] = [];
  for (const item of partsOf(list).flat()) {
    events.push(await structuredEvent(exchange, item, [events.length]));
  }
  return events;
}

async function structuredEvent(
  exchange: Exchange,
  value: unknown,
  at: readonly PropertyKey[],
): Promise<CloudEvent> {
  const { data, data_base64: encoded, ...event } = checked(value, structured, at);
  if (encoded === undefined) {
    return { ...event, data };
  }
  return { ...event, data: await dataOf(exchange, Buffer.from(encoded, "base64"), event.datacontenttype) };
}

/** Attributes are headers that begin with `ce-`, whose values may be percent-encoded. */
async function binaryEvent(exchange: Exchange, body: Buffer, type: string): Promise<CloudEvent> {
  const event = checked(attributesIn(exchange.headers), attributes);
  return { ...event, data: await dataOf(exchange, body, event.datacontenttype ?? type) };
}

function attributesIn(headers: IncomingHttpHeaders): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith("ce-") && typeof value === "string") {
      found[name.slice(3)] = decoded(value);
    }
  }
  return found;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Data that is no JSON, such as a picture, is not read: a result of it has no label. */
async function dataOf(exchange: Exchange, body: Buffer, contentType: string | undefined): Promise<unknown> {
  const { type } = parseMediaType(contentType);
  const isJson = type === "" || JSON_TYPE.test(type);
  return isJson && body.length > 0 ? parseJson(exchange, body) : undefined;
}
