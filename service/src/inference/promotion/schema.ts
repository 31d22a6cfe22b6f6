import { z } from "zod";
import { eventSchema } from "../../models/pointer/events.js";
import { planSchema } from "./plan.js";
import { reportSchema } from "./replica-report.js";
import { stateSchema } from "./state.js";

const name = z.string({ error: "must be a string" }).min(1, "must not be empty").max(200, "is too long");

/** Why, for those who read the events later. */
export const whySchema = z
  .string({ error: "must be a string" })
  .max(500, "must have at most 500 characters")
  .default("")
  .meta({ description: "Why, for those who read the events later." });

export const promoteSchema = z
  .strictObject({
    version: name.meta({ description: "The version that becomes stable." }),
    why: whySchema,
    auto: z
      .union([z.boolean(), planSchema], { error: "must be true, false or how the promotion goes" })
      .default(false)
      .meta({ description: "Step by step, and back by itself when it is worse; true takes the defaults." }),
  })
  .meta({ id: "PromoteRequest" });

export const rollbackSchema = z
  .strictObject({
    version: name.optional().meta({ description: "The version to go back to; by default one step back." }),
    why: whySchema,
  })
  .meta({ id: "RollbackRequest" });

const percent = z
  .number({ error: "must be a percentage" })
  .min(0, "must not be negative")
  .max(100, "must be at most 100");

/** Records keep what they are given under any name but this one. */
function isPlain(value: object): boolean {
  return !Object.hasOwn(value, "__proto__");
}

/** What `traffic` sets, over HTTP and on the command line. */
export const trafficSchema = z
  .strictObject({
    labels: z
      .record(name, name.nullable())
      .refine(isPlain, { error: "must not have a label of that name" })
      .optional()
      .meta({ description: "Versions by label; null takes a label away, others stay." }),
    traffic: z
      .record(name, percent)
      .optional()
      .meta({ description: "Percent by label or version; what is left of 100 goes to stable." }),
    shadow: z
      .strictObject({ version: name, percent: percent.positive("must be above 0") })
      .nullish()
      .meta({ description: "A version that gets copies of so many percent of the requests; null for none." }),
    why: whySchema,
  })
  .meta({ id: "TrafficRequest" });

const told = eventSchema.shape.from;

export const changedSchema = z
  .object({
    model: z.string(),
    from: told,
    to: told,
    event: z.string().nullable().meta({ description: "The event's id; null when all was so already." }),
  })
  .meta({ id: "Changed" });

export const eventsSchema = z
  .array(eventSchema.omit({ state: true }).extend({ outcome: z.enum(["made", "not made", "unknown"]) }))
  .meta({ id: "ModelEvents" });

export const statusSchema = z
  .object({
    promotion: stateSchema.nullable(),
    replicas: z.array(
      reportSchema.extend({
        waits: z.string().optional().meta({ description: "Why it does not serve this step yet." }),
      }),
    ),
  })
  .meta({ id: "PromotionStatus" });
