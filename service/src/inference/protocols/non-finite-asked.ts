import { z } from "zod";
import { ServiceError } from "../../server/errors.js";
import type { Exchange } from "../../server/http/exchange.js";
import type { NonFinite } from "../../tensors/non-finite.js";

/** What the parameter does, for OpenAPI. */
export const NON_FINITE_PARAMETER = {
  nan: z.enum(["null", "string"]).meta({
    description:
      'string: NaN and infinities are answered as "NaN", "Infinity" and "-Infinity"; null, the default: as null.',
  }),
};

/** `?nan=`: how an answer in JSON writes NaN and infinities, which JSON does not have. Throws invalid_input. */
export function nonFiniteAsked(exchange: Exchange): NonFinite {
  const asked = exchange.hasQuery ? exchange.query.get("nan") : null;
  if (asked === null || asked === "null") {
    return "null";
  }
  if (asked === "string") {
    return "string";
  }
  throw new ServiceError("invalid_input", "The parameter nan must be null or string.", { path: "nan" });
}
