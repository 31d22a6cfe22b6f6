import { z } from "zod";

export const existingSchema = z
  .strictObject({
    kubeconfig: z
      .string()
      .min(1)
      .optional()
      .describe("Path of the kubeconfig; without it `KUBECONFIG`, then `~/.kube/config`, as kubectl does."),
    context: z.string().min(1).optional().describe("Context in the kubeconfig; without it the current one."),
  })
  .describe("Which cluster of which kubeconfig to use.");
