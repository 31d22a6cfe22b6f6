import { z } from "zod";
import { ServiceError } from "../../server/errors.js";
import { BARE_NUMBER } from "../../server/http/bare-numbers.js";
import { checked } from "../../server/http/json-body.js";
import { isList, partsOf } from "../../server/http/long-list.js";
import { giveTurn } from "../../server/turns.js";
import type { Batch, NewExchange, NewResult } from "../store/stored-result.js";
import { DECISIONS, moment, probability, TEXTS, top } from "./fields.js";

/** Results in one request at most. */
export const MOST_RESULTS = 10_000;

/** Characters of JSON that an input or an output may have. */
export const MOST_PAYLOAD = 65_536;

const payload = z
  .unknown()
  .meta({ description: "Any JSON. Kept only where RESULTS_PAYLOAD_DAYS says so, and for so long." });

/** A result as it is sent. */
export const newResult = z
  .strictObject({
    id: TEXTS.id,
    time: moment.optional().meta({ description: "Of the prediction; by default now.", type: "string" }),
    model: TEXTS.model,
    version: TEXTS.version.optional(),
    label: TEXTS.label.optional(),
    probability: probability.optional().meta({ description: "Of the label." }),
    value: z.number("must be a number").optional().meta({ description: "What a regression predicted." }),
    top: top.optional(),
    decision: z.enum(DECISIONS, `must be one of ${DECISIONS.join(", ")}`).optional(),
    reason: TEXTS.reason.optional().meta({ description: "Of the decision." }),
    subject: TEXTS.subject.optional(),
    input: payload.optional(),
    output: payload.optional(),
  })
  .meta({ id: "NewResult" });

type Sent = z.output<typeof newResult>;

/** Reads the body `{ results: [...] }`, in turns with everything else. Throws invalid_input with the path of the fault. */
export async function readResults(body: unknown, now: number, keepsPayloads: boolean): Promise<Batch> {
  const { results: list } = checked(body, z.strictObject({ results: z.unknown() }));
  if (!isList(list) || list.length === 0 || list.length > MOST_RESULTS) {
    throw new ServiceError(
      "invalid_input",
      `The field results must be a list of 1 to ${MOST_RESULTS} results.`,
      {
        path: "results",
      },
    );
  }
  const results: NewResult[] = [];
  const exchanges: NewExchange[] = [];
  for (const item of partsOf(list).flat()) {
    const sent = checked(item, newResult, ["results", results.length]);
    const exchange = exchangeOf(sent, ["results", results.length], keepsPayloads);
    results.push(resultOf(sent, exchange, now));
    if (exchange !== undefined) {
      exchanges.push(exchange);
    }
    await giveTurn();
  }
  return { results, exchanges };
}

function resultOf(sent: Sent, exchange: NewExchange | undefined, now: number): NewResult {
  const { id, model, probability: probable, value, reason, subject } = sent;
  return {
    id,
    model,
    probability: probable,
    value,
    reason,
    subject,
    time: sent.time ?? now,
    version: sent.version ?? "",
    label: sent.label ?? "",
    decision: sent.decision ?? "",
    top: sent.top && JSON.stringify(sent.top),
    exchange: exchange?.id,
  };
}

function exchangeOf(
  { id, input, output, subject }: Sent,
  at: readonly PropertyKey[],
  keepsPayloads: boolean,
): NewExchange | undefined {
  const texts = {
    input: payloadText(input, [...at, "input"]),
    output: payloadText(output, [...at, "output"]),
  };
  const carries = texts.input !== undefined || texts.output !== undefined;
  return keepsPayloads && carries ? { id, ...texts, subject } : undefined;
}

function payloadText(value: unknown, at: readonly PropertyKey[]): string | undefined {
  if (value === undefined) {
    return undefined;
  }
  const fits = z.string().max(MOST_PAYLOAD, `must have at most ${MOST_PAYLOAD} characters of JSON`);
  return checked(jsonText(value), fits, at);
}

/** The JSON text of a value of a body. A bare NaN or infinity, which is marked there, becomes a text. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replaceAll(`"${JSON.stringify(BARE_NUMBER).slice(1, -1)}`, '"');
}
