import { z } from "zod";

export const replicasSchema = z
  .strictObject({
    min: z.int().min(1).default(3).describe("Replicas that always run."),
    max: z.int().min(1).default(10).describe("Replicas that run at most."),
  })
  .refine((r) => r.min <= r.max, { path: ["max"], error: "must not be less than replicas.min" })
  .describe("The range that the autoscaler moves in.");
