import { EVENT_BATCH } from "@ai-model-service/contract/events";
import { messageOf } from "../../server/errors.js";
import { joinInTurns } from "../../server/http/pieces.js";
import type { CloudEvent } from "./prediction-event.js";

/** How events are sent: several in one body, or each as KServe's logger does, with its attributes as headers. */
export type EventFormat = "batch" | "binary";

/** Where events go, and how. */
export interface EventTarget {
  readonly url: string;
  readonly format: EventFormat;
  /** Sent as `Authorization: Bearer`. */
  readonly apiKey?: string | undefined;
}

/** What came of sending. `later`: nothing is lost yet, and it may be tried again. */
export type Sent =
  { readonly outcome: "sent" } | { readonly outcome: "refused" | "later"; readonly reason: string };

const TIMEOUT_MS = 10_000;

/** Answers that say that the same would be taken at another time. */
const LATER = new Set([401, 403, 404, 408, 425, 429]);

/** Sends events, in the order in which they are given; stops at the first that is not taken, or when `ended`. */
export async function postEvents(
  target: EventTarget,
  events: readonly CloudEvent[],
  ended: AbortSignal,
): Promise<Sent> {
  if (target.format === "batch") {
    return post(target, await joinInTurns(batchJson(events)), { "content-type": EVENT_BATCH }, ended);
  }
  for (const { attributes, data } of events) {
    const sent = await post(target, await joinInTurns(data), binaryHeaders(attributes), ended);
    if (sent.outcome !== "sent") {
      return sent;
    }
  }
  return { outcome: "sent" };
}

function* batchJson(events: readonly CloudEvent[]): Generator<string> {
  for (const [index, { attributes, data }] of events.entries()) {
    yield `${index === 0 ? "[" : ","}${JSON.stringify(attributes).slice(0, -1)},"data":`;
    yield* data;
    yield "}";
  }
  yield "]";
}

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#31-binary-content-mode */
function binaryHeaders(attributes: CloudEvent["attributes"]): Record<string, string> {
  const headers = Object.entries(attributes).map(([name, value]) =>
    name === "datacontenttype" ? ["content-type", value] : [`ce-${name}`, value],
  );
  return Object.fromEntries(headers) as Record<string, string>;
}

async function post(
  { url, apiKey }: EventTarget,
  body: string,
  headers: Record<string, string>,
  ended: AbortSignal,
): Promise<Sent> {
  const giveUp = new AbortController();
  const abort = (): void => giveUp.abort(new Error("no answer in time"));
  const timer = setTimeout(abort, TIMEOUT_MS);
  ended.addEventListener("abort", abort);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { ...headers, ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }) },
      body,
      redirect: "error",
      signal: giveUp.signal,
    });
    // The connection is used again only once the answer has been read.
    const answer = (await response.text()).slice(0, 200);
    if (response.ok) {
      return { outcome: "sent" };
    }
    const outcome = response.status >= 500 || LATER.has(response.status) ? "later" : "refused";
    return { outcome, reason: `It answered ${response.status}: ${answer}` };
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return { outcome: "later", reason: `It cannot be reached: ${messageOf(cause)}` };
  } finally {
    clearTimeout(timer);
    ended.removeEventListener("abort", abort);
  }
}
