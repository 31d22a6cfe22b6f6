import { z } from "zod";
import { epochsOf, jobDataSchema, jobSchema, stateOf, statesOf, STATES, type Job } from "./job.js";
import type { Jobs } from "./jobs.js";

const at = z.string().describe("When, in ISO 8601.");

/** A job in a list. */
export const jobSummarySchema = z
  .object({
    id: z.string(),
    name: z.string().optional(),
    recipe: z.string(),
    model: z.string().optional(),
    data: jobDataSchema,
    parameters: z.record(z.string(), z.json()),
    force: z.boolean(),
    state: z.enum(STATES),
    reason: z.string().describe("Why it is in that state."),
    since: at.describe("Since when it is in that state."),
    created: at,
    progress: z
      .object({ fraction: z.number(), epoch: z.int(), epochs: z.int() })
      .optional()
      .describe("Of a job that runs: of the whole, and in which epoch it is."),
    result: jobSchema.shape.result,
  })
  .meta({ id: "JobSummary" });

/** A job by itself. */
export const jobViewSchema = jobSummarySchema
  .extend({
    states: z.array(z.object({ state: z.enum(STATES), at, reason: z.string() })),
    epochs: z.array(z.object({ epoch: z.int(), at, figures: z.record(z.string(), z.number().nullable()) })),
  })
  .meta({ id: "Job" });

/** A job as a list shows it. */
export function summaryOf(jobs: Jobs, job: Job): z.infer<typeof jobSummarySchema> {
  const { id, name, recipe, model, data, parameters, force, result } = job;
  const { state, reason, at: since } = stateOf(job);
  const live = state === "running" ? jobs.progressOf(id) : undefined;
  return {
    ...{ id, recipe, data, parameters, force, state, reason, since },
    created: statesOf(job)[0]?.at ?? since,
    ...(name !== undefined && { name }),
    ...(model !== undefined && { model }),
    ...(live && { progress: live }),
    ...(result && { result }),
  };
}

/** A job with all its states and epochs. */
export function viewOf(jobs: Jobs, job: Job): z.infer<typeof jobViewSchema> {
  return {
    ...summaryOf(jobs, job),
    states: statesOf(job).map(({ state, at: when, reason }) => ({ state, at: when, reason })),
    epochs: epochsOf(job).map(({ epoch, at: when, figures }) => ({ epoch, at: when, figures })),
  };
}
