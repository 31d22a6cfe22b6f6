import { z } from "zod";
import { checked } from "../../server/http/json-body.js";
import { stateOf, STATES, type Job } from "./job.js";

/** What a list of jobs may be asked for. */
export const LIST_QUERY = {
  state: z.enum(STATES).describe("Only those in this state."),
  recipe: z.string().describe("Only those of this recipe."),
  model: z.string().describe("Only those of this model."),
  limit: z.coerce.number().int().min(1).max(1000).describe("Jobs at most; 50 by default."),
  cursor: z.string().describe("`next` of the answer before."),
};

const querySchema = z.strictObject(LIST_QUERY).partial();

/** The jobs that a query asks for, newest first, and where the rest begins. Throws invalid_input. */
export function pageOf(
  all: readonly Job[],
  query: URLSearchParams,
): { jobs: Job[]; next: string | undefined } {
  const { state, recipe, model, cursor, limit = 50 } = checked(Object.fromEntries(query), querySchema);
  const found = all
    .filter((job) => state === undefined || stateOf(job).state === state)
    .filter((job) => recipe === undefined || job.recipe === recipe)
    .filter((job) => model === undefined || job.model === model)
    // Ids sort as jobs came: a page begins where the one before ended, whatever came or went since.
    .filter((job) => cursor === undefined || job.id < cursor)
    .reverse();
  const jobs = found.slice(0, limit);
  return { jobs, next: found.length > limit ? jobs.at(-1)?.id : undefined };
}
