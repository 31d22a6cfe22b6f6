import { z } from "zod";

/** `autoscaling`: what the autoscaler holds the replicas to. */
export const autoscalingSchema = z.strictObject({
  /** Mean CPU use over the replicas, in percent of their CPU request. */
  cpuPercent: z.int().min(1).max(1000).default(200),
  /** Prediction requests that a replica has taken and not answered, averaged over the replicas; followed where monitoring serves it. */
  concurrencyPerPod: z.int().min(1).default(8),
  /** Seconds of less load before replicas are taken away. */
  scaleDownSeconds: z.int().min(0).max(3600).default(300),
});
