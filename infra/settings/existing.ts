import { z } from "zod";

/** `existing`: which cluster of which kubeconfig to use. */
export const existingSchema = z.strictObject({
  /** Path of the kubeconfig; without it `KUBECONFIG`, then `~/.kube/config`, as kubectl does. */
  kubeconfig: z.string().min(1).optional(),
  /** Context in the kubeconfig; without it the current one. */
  context: z.string().min(1).optional(),
});
