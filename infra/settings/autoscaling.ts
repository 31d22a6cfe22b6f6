import { z } from "zod";

/** `autoscaling`: what the autoscaler holds the replicas to. */
export const autoscaling = z.strictObject({
  /** Mean CPU use over the replicas, in percent of their CPU request. */
  cpuPercent: z.int().min(1).max(1000).default(150),
});
