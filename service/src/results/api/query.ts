import { z } from "zod";
import { checked } from "../../server/http/json-body.js";
import type { Filters } from "../store/filters.js";
import { DECISIONS, moment, TEXTS } from "./fields.js";

/** The parameters that say which results are meant. */
export const FILTERS = {
  id: TEXTS.id,
  model: TEXTS.model,
  version: TEXTS.version,
  label: TEXTS.label,
  decision: z.enum(DECISIONS, `must be one of ${DECISIONS.join(", ")}`),
  from: moment.meta({ description: "From this time on.", type: "string" }),
  to: moment.meta({ description: "Before this time.", type: "string" }),
} as const;

export const PAYLOADS = z
  .enum(["true", "false"], "must be true or false")
  .meta({ description: "Whether results come with the inputs and outputs that are kept." });

/** The parameters of a request by a table of them. Throws invalid_input for others, for one that is there twice, and for wrong ones. */
export function parametersOf<T extends z.ZodRawShape>(query: URLSearchParams, table: T) {
  const given: Record<string, string | string[]> = {};
  for (const name of new Set(query.keys())) {
    const values = query.getAll(name);
    given[name] = values.length === 1 ? (values[0] ?? "") : values;
  }
  return checked(given, z.strictObject(table).partial());
}

/** The filters among parameters. */
export function filtersOf({ id, model, version, label, decision, from, to }: Filters): Filters {
  return { id, model, version, label, decision, from, to };
}
