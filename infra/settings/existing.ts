import { z } from "zod";

export const existingSchema = z
  .strictObject({
    kubeconfig: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Path of the kubeconfig; without it the files of `KUBECONFIG`, then `~/.kube/config`, as kubectl does.",
      ),
    createNamespace: z
      .boolean()
      .default(true)
      .describe(
        "False where the namespace is there already; the program then leaves it alone, its labels and its end included.",
      ),
    context: z.string().min(1).optional().describe("Context in the kubeconfig; without it the current one."),
    name: z
      .string()
      .min(1)
      .optional()
      .describe(
        "What identifies the cluster, whatever its address; without it the UID of its namespace kube-system, which the program then reads. Another identity is another cluster: everything is made anew there.",
      ),
  })
  .describe("Which cluster of which kubeconfig to use.");
