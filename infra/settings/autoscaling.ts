import { z } from "zod";

export const autoscalingSchema = z
  .strictObject({
    cpuPercent: z
      .int()
      .min(1)
      .max(1000)
      .default(200)
      .describe("Mean CPU use over the replicas, in percent of their CPU request."),
    concurrencyPerPod: z
      .int()
      .min(1)
      .default(8)
      .describe(
        "Prediction requests that a replica has taken and not answered, averaged over the replicas; followed where monitoring serves it.",
      ),
    scaleDownSeconds: z
      .int()
      .min(0)
      .max(3600)
      .default(300)
      .describe("Seconds of less load before replicas are taken away."),
  })
  .describe("What the autoscaler holds the replicas to.");
