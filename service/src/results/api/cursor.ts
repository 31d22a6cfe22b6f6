import { ServiceError } from "../../server/errors.js";
import type { Position } from "../store/filters.js";

/** Of the form of cursors: another form is another letter. */
const FORM = "a";

/** The place behind which the next page begins, as a text that callers need not understand. */
export function cursorOf({ time, seq }: Position): string {
  return FORM + Buffer.from(JSON.stringify([time, seq])).toString("base64url");
}

/** The place that a cursor tells. Throws invalid_input for what is none of ours. */
export function positionOf(cursor: string): Position {
  const [time, seq, ...rest] = cursor.startsWith(FORM) ? numbersIn(cursor.slice(FORM.length)) : [];
  if (!Number.isSafeInteger(time) || !Number.isSafeInteger(seq) || rest.length > 0) {
    throw new ServiceError("invalid_input", "The parameter cursor must be a page's next, as it was given.", {
      path: "cursor",
    });
  }
  return { time: time as number, seq: seq as number };
}

function numbersIn(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
