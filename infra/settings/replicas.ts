import { z } from "zod";

/** `replicas`: the range that the autoscaler moves in. */
export const replicasSchema = z
  .strictObject({ min: z.int().min(1).default(3), max: z.int().min(1).default(10) })
  .refine((r) => r.min <= r.max, { path: ["max"], error: "must not be less than replicas.min" });
