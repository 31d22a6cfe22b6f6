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

const stacks = z.array(z.object({ name: z.string() }));

/**
 * Every resource that a stack's state lists; none where there is no such stack. Throws where that cannot be read: a stack
 * that is not found must not be taken for one that is not there.
 */
export function stateOf(cli: PulumiCli, stack: string): Known[] {
  const known = stacks.parse(JSON.parse(cli.ask("stack", "ls", "--json")));
  // Backends that have organisations name a stack with its own.
  if (!known.some(({ name }) => name.split("/").at(-1) === stack)) {
    return [];
  }
  return exported.parse(JSON.parse(cli.ask("stack", "export", "--stack", stack))).deployment.resources;
}
