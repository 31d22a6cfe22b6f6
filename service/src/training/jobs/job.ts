import { z } from "zod";

/** What becomes of a job: each but the first two is its end. */
export const STATES = ["queued", "running", "succeeded", "failed", "cancelled"] as const;
export type State = (typeof STATES)[number];

/** Figures of one epoch, by their names; null is what is no number. */
export type Figures = Readonly<Record<string, number | null>>;

/** What a job is trained on: an example that ships, an uploaded data set, or what lies in DATA_FOLDER. */
export const jobDataSchema = z.union([
  z.strictObject({ example: z.string().max(200) }),
  z.strictObject({ dataset: z.string().max(200), version: z.string().max(200).optional() }),
  z.strictObject({ path: z.string().max(1000) }),
]);
export type JobData = z.infer<typeof jobDataSchema>;

const stateEvent = z.object({ id: z.int(), at: z.string(), type: z.literal("state") }).extend({
  state: z.enum(STATES),
  reason: z.string(),
});
const epochEvent = z.object({ id: z.int(), at: z.string(), type: z.literal("epoch") }).extend({
  epoch: z.int(),
  epochs: z.int(),
  figures: z.record(z.string(), z.number().nullable()),
});

/** What happened to a job, in order, numbered from 1: all that is ever told of its states and epochs follows from these. */
const eventSchema = z.discriminatedUnion("type", [stateEvent, epochEvent]);
export type JobEvent = z.infer<typeof eventSchema>;

/** How a new version compares with the one that serves, on the same held-out rows. */
export const verdictSchema = z.object({
  passed: z.boolean(),
  reason: z.string(),
  /** The version that it was compared with; absent when there was none. */
  against: z.string().optional(),
  measure: z.string().optional(),
  rows: z.int().optional(),
  candidate: z.number().optional(),
  serving: z.number().optional(),
  /** Candidate less serving, of losses: above 0 is worse. */
  difference: z.object({ mean: z.number(), low: z.number(), high: z.number() }).optional(),
});
export type Verdict = z.infer<typeof verdictSchema>;

const resultSchema = z.object({
  /** Absent when the job names no model: then nothing was published. */
  published: z
    .object({ model: z.string(), version: z.string(), promoted: z.boolean(), forced: z.boolean() })
    .optional(),
  gate: verdictSchema,
  metrics: z.record(z.string(), z.json()),
});

/** A job as it is kept. */
export const jobSchema = z.object({
  id: z.string(),
  name: z.string().optional(),
  recipe: z.string(),
  data: jobDataSchema,
  parameters: z.record(z.string(), z.json()),
  model: z.string().optional(),
  force: z.boolean(),
  events: z.array(eventSchema),
  /** Starts since the last epoch: a job that ends the service each time must not go on for ever. */
  starts: z.int(),
  result: resultSchema.optional(),
  idempotency: z.object({ key: z.string(), digest: z.string() }).optional(),
});
export type Job = z.infer<typeof jobSchema>;

type StateEvent = z.infer<typeof stateEvent>;
type EpochEvent = z.infer<typeof epochEvent>;

export function statesOf({ events }: Job): StateEvent[] {
  return events.filter((event) => event.type === "state");
}

export function epochsOf({ events }: Job): EpochEvent[] {
  return events.filter((event) => event.type === "epoch");
}

/** The state that a job is in, since when and why. */
export function stateOf(job: Job): StateEvent {
  const last = statesOf(job).at(-1);
  if (last === undefined) {
    throw new TypeError(`job ${job.id} has no state`);
  }
  return last;
}

export function hasEnded(job: Job): boolean {
  const { state } = stateOf(job);
  return state !== "queued" && state !== "running";
}

/** A job with one more event, made at `at`. */
export function withState(job: Job, state: State, reason: string, at: Date): Job {
  const event = { id: job.events.length + 1, at: at.toISOString(), type: "state" as const, state, reason };
  return { ...job, events: [...job.events, event] };
}

/** A job with the figures of an epoch; the same job when it has them already. */
export function withEpoch(job: Job, epoch: number, epochs: number, figures: Figures, at: Date): Job {
  if (epochsOf(job).some((known) => known.epoch === epoch)) {
    return job;
  }
  const event = {
    id: job.events.length + 1,
    at: at.toISOString(),
    type: "epoch" as const,
    epoch,
    epochs,
    figures,
  };
  return { ...job, starts: 0, events: [...job.events, event] };
}
