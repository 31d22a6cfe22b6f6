import { z } from "zod";

import type { PulumiCli } from "../pulumi/pulumi-cli.js";

const exported = z.object({
  deployment: z.object({
    resources: z
      .array(z.object({ urn: z.string(), type: z.string(), id: z.string().optional() }))
      .nullish()
      .transform((resources) => resources ?? []),
  }),
});

/** A resource as a stack's state lists it. */
export type Known = z.infer<typeof exported>["deployment"]["resources"][number];

/** Every resource that a stack's state lists; none where there is no such stack. */
export function stateOf(cli: PulumiCli, stack: string): Known[] {
  const text = cli.ask("stack", "export", "--stack", stack);
  return text === undefined ? [] : exported.parse(JSON.parse(text)).deployment.resources;
}
