/** API: the routes of the results service but for events and decisions. */

import { z } from "zod";

/** What a decision can be. */
export const DECISIONS = ["accept", "review", "reject"] as const;
export type Decision = (typeof DECISIONS)[number];

const CONTROL = /\p{Cc}/u;

/** A text that fits into one line, and into every database. */
export function line(most: number) {
  return z
    .string("must be a text")
    .min(1, "must not be empty")
    .max(most, `must have at most ${most} characters`)
    .refine((text) => !CONTROL.test(text), "must have no control characters")
    .refine((text) => text.isWellFormed(), "must have no half of a character");
}

/** A time with its zone, as milliseconds since 1970. */
export const moment = z.iso
  .datetime({ offset: true, error: "must be a time such as 2026-01-31T12:00:00Z" })
  .transform((text) => Date.parse(text))
  .refine((time) => Number.isFinite(time), "must be a time such as 2026-01-31T12:00:00Z");

export const probability = z
  .number("must be a number from 0 to 1")
  .min(0, "must be a number from 0 to 1")
  .max(1, "must be a number from 0 to 1");

/** The fields of a result that are one text each. */
export const TEXTS = {
  id: line(200).meta({ description: "Whoever sends it again under the same id sends it once." }),
  model: line(200),
  version: line(100),
  label: line(200),
  reason: line(500),
  subject: line(200).meta({ description: "Whom it is about: the key under which all of it can be deleted." }),
} as const;

export const top = z
  .array(z.strictObject({ label: TEXTS.label, probability }), "must be a list")
  .max(100, "must have at most 100 items")
  .meta({ description: "The most probable labels, the first one first." });
