import { ServiceError } from "../../../server/errors.js";
import type { Exchange } from "../../../server/http/exchange.js";
import type { NonFinite } from "../../../tensors/non-finite.js";
import { nonFiniteAsked } from "../non-finite-asked.js";

/** What a client of /predict may ask of the answer, in the query. */
export interface AnswerOptions {
  /** How many labels `top` lists; absent means as config.json says. */
  readonly top: number | undefined;
  /** Whether each prediction shows the picture as the model received it. */
  readonly view: boolean;
  readonly nonFinite: NonFinite;
}

/** More than any model has. */
export const MOST_LABELS = 999_999_999;

const NONE: AnswerOptions = { top: undefined, view: false, nonFinite: "null" };

/** `?top=`, `?view=` and `?nan=`. Throws invalid_input for values that mean nothing. */
export function readAnswerOptions(exchange: Exchange): AnswerOptions {
  if (!exchange.hasQuery) {
    return NONE;
  }
  const { query } = exchange;
  return {
    top: countOf("top", query.get("top")),
    view: flagOf("view", query.get("view")),
    nonFinite: nonFiniteAsked(exchange),
  };
}

function countOf(name: string, text: string | null): number | undefined {
  if (text === null) {
    return undefined;
  }
  if (/^[1-9]\d*$/.test(text) && Number(text) <= MOST_LABELS) {
    return Number(text);
  }
  throw new ServiceError("invalid_input", `The parameter ${name} must be a whole number from 1.`, {
    path: name,
  });
}

function flagOf(name: string, text: string | null): boolean {
  if (text === null || text === "false") {
    return false;
  }
  if (text === "true") {
    return true;
  }
  throw new ServiceError("invalid_input", `The parameter ${name} must be true or false.`, { path: name });
}
