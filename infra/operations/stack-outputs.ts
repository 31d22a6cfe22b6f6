import { spawnSync } from "node:child_process";

import { z } from "zod";

/** The outputs of a deployed stack that the operations use. */
const outputs = z.object({
  namespace: z.string(),
  serviceName: z.string(),
  kubeconfig: z.string().optional(),
  monitoringNamespace: z.string().optional(),
  grafanaPassword: z.string().optional(),
});

export type StackOutputs = z.infer<typeof outputs>;

/** Reads the outputs of the stack, or of the selected one. Throws with Pulumi's own words, or what is missing. */
export function stackOutputs(stack: string | undefined): StackOutputs {
  const args = [
    "stack",
    "output",
    "--json",
    "--show-secrets",
    ...(stack === undefined ? [] : ["--stack", stack]),
  ];
  const { status, stdout, stderr, error } = spawnSync("pulumi", args, { encoding: "utf8" });
  if (error !== undefined) throw new Error(`pulumi cannot be run: ${error.message}`);
  if (status !== 0) throw new Error(stderr.trim());
  const result = outputs.safeParse(JSON.parse(stdout));
  if (!result.success) throw new Error("The stack has no outputs yet: run `pulumi up` first.");
  return result.data;
}
