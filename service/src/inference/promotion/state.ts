import { z } from "zod";
import { whoSchema } from "../../models/pointer/events.js";
import type { Recorded, Records } from "../../models/pointer/records.js";
import { figuresSchema } from "./figures.js";
import { planSchema } from "./plan.js";

/** What a stage of an automatic promotion does: tries the version on a part of the traffic, makes it stable, or goes back. */
const kindSchema = z.enum(["try", "promote", "roll back"]);

/**
 * An automatic promotion as `.promotion.json` beside the model keeps it, so that it outlives whatever runs it. It is replaced
 * conditionally: whoever decides, decides on what is there.
 */
export const stateSchema = z
  .object({
    id: z.string(),
    model: z.string(),
    version: z.string(),
    /** The version that it is compared with, and that a way back leads to. */
    stable: z.string(),
    who: whoSchema,
    why: z.string(),
    began: z.string(),
    plan: planSchema,
    status: z.enum(["going on", "finished", "rolled back", "ended"]),
    /** What it waits for, or why it ended: a whole sentence. */
    says: z.string(),
    /** Counts changes of what serves. */
    stage: z.int(),
    kind: kindSchema,
    /** Which of the plan's steps, for `try`. */
    step: z.int(),
    /** Digests of config.json before and after this stage's change. Anything else was written by somebody else. */
    base: z.string(),
    target: z.string(),
    /** Why this stage came, for the event of its change. */
    because: z.string(),
    numbers: z.json().optional(),
    /** What stable did in the last step in which it had a share. */
    baseline: figuresSchema.optional(),
    /** Which replica decides. The time is for people: a lease is stale when others have seen it the same for long. */
    lease: z.object({ holder: z.string().nullable(), beat: z.int(), time: z.string() }),
  })
  .meta({ id: "Promotion" });

export type PromotionState = z.infer<typeof stateSchema>;

/** A state as it was read. */
export interface RecordedState {
  readonly state: PromotionState;
  readonly revision: string;
}

function pathOf(model: string): string {
  return `${model}/.promotion.json`;
}

/** Undefined where there never was one. What cannot be read as one counts as none, and is replaced by the next. */
export async function readState(
  records: Records,
  model: string,
): Promise<{ readonly state: PromotionState | undefined; readonly revision: string | undefined }> {
  const recorded = await records.read(pathOf(model));
  return { state: recorded && parsed(recorded), revision: recorded?.revision };
}

function parsed({ text }: Recorded): PromotionState | undefined {
  try {
    return stateSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Throws a RecordConflict when somebody else wrote meanwhile. */
export function writeState(
  records: Records,
  state: PromotionState,
  revision: string | undefined,
): Promise<string> {
  return records.write(pathOf(state.model), `${JSON.stringify(state, null, 2)}\n`, revision);
}
