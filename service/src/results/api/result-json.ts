import { z } from "zod";
import type { ResultRow } from "../store/read-rows.js";
import { DECISIONS, probability, TEXTS, top } from "./fields.js";

/** A result as it is given back: what it has not is left out. */
export const resultSchema = z
  .object({
    id: z.string(),
    time: z.iso.datetime(),
    model: z.string(),
    version: z.string().optional(),
    label: z.string().optional(),
    probability: probability.optional(),
    value: z.number().optional(),
    top: top.optional(),
    decision: z.enum(DECISIONS).optional(),
    reason: TEXTS.reason.optional(),
    subject: z.string().optional(),
    exchange: z.string().optional().meta({ description: "The id of the request and its response." }),
    requestedAt: z.iso.datetime().optional(),
    respondedAt: z.iso.datetime().optional(),
    input: z.unknown().optional(),
    output: z.unknown().optional(),
  })
  .meta({ id: "Result" });

/** The JSON text of a result. What is JSON in the database already is not read to be written again. */
export function resultText(row: ResultRow): string {
  const { top: most, input, output } = row;
  const fields = [
    JSON.stringify({
      id: row.id,
      time: timeText(row.time),
      model: row.model,
      version: row.version || undefined,
      label: row.label || undefined,
      probability: row.probability ?? undefined,
      value: row.value ?? undefined,
      decision: row.decision || undefined,
      reason: row.reason ?? undefined,
      subject: row.subject ?? undefined,
      exchange: row.exchange ?? undefined,
      requestedAt: row.requested === null ? undefined : timeText(row.requested),
      respondedAt: row.responded === null ? undefined : timeText(row.responded),
    }).slice(0, -1),
    ...Object.entries({ top: most, input, output }).flatMap(([name, text]) =>
      text === null || text === undefined ? [] : `"${name}":${text}`,
    ),
  ];
  return `${fields.join(",")}}`;
}

/** A time in milliseconds since 1970 as text. */
export function timeText(time: number): string {
  return new Date(time).toISOString();
}
