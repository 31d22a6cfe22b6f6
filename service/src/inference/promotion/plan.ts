/** Promotion: moves a model's traffic to another version step by step, and back when that one is worse. */

import { z } from "zod";

/** Percent above 0, ascending. */
function ascends(steps: readonly number[]): boolean {
  return steps.every((step, index) => step > (steps[index - 1] ?? 0));
}

const DEFAULT_BOUNDS = { errors: 0.005, p99: 1.5, flips: 0.05 };

/** How far a version may be worse than stable. See docs/promotion.md for the tests that they are bounds of. */
const boundsSchema = z
  .strictObject({
    errors: z
      .number({ error: "must be a share from 0 to 1" })
      .min(0, "must not be negative")
      .max(1, "must be at most 1")
      .default(DEFAULT_BOUNDS.errors)
      .meta({ description: "By how much its share of failed requests may be above stable's." }),
    p99: z
      .number({ error: "must be a factor" })
      .min(1, "must be at least 1")
      .default(DEFAULT_BOUNDS.p99)
      .meta({ description: "How many times stable's 99th percentile of latency its own may be." }),
    flips: z
      .number({ error: "must be a share from 0 to 1" })
      .min(0, "must not be negative")
      .max(1, "must be at most 1")
      .default(DEFAULT_BOUNDS.flips)
      .meta({ description: "The share of compared rows that may get another label than stable's." }),
  })
  .default(DEFAULT_BOUNDS);

/** How an automatic promotion goes. */
export const planSchema = z.strictObject({
  steps: z
    .array(z.number().positive("must be above 0").max(100, "must be at most 100"), {
      error: "must be an array of percentages",
    })
    .min(1, "must have a step")
    .max(50, "must have at most 50 steps")
    .refine(ascends, { error: "must ascend" })
    .default([1, 5, 25, 100])
    .meta({ description: "Percent of the requests that the version gets, step by step." }),
  minimumRequests: z
    .int({ error: "must be a whole number" })
    .positive("must be above 0")
    .default(200)
    .meta({ description: "Requests that the version must have had in a step before the next." }),
  shadowPercent: z
    .number({ error: "must be a percentage" })
    .min(0, "must not be negative")
    .max(100, "must be at most 100")
    .default(10)
    .meta({ description: "Percent of the requests that it gets copies of, to compare labels; 0 for none." }),
  bounds: boundsSchema,
});

export type Plan = z.infer<typeof planSchema>;
