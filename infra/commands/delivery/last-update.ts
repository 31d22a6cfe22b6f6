import { z } from "zod";

import { fullKey } from "../../settings/keys.js";

const historySchema = z.array(
  z.object({
    kind: z.string(),
    result: z.string(),
    environment: z.record(z.string(), z.string()).default({}),
    config: z.record(z.string(), z.object({ value: z.string().optional() })).default({}),
  }),
);

/** What a stack was last updated to. */
export interface LastUpdate {
  /** Commit of the program. */
  readonly commit: string;
  /** The image that it was given; undefined where the program builds it. */
  readonly image: string | undefined;
}

/** Reads `pulumi stack history --json`, newest first. Throws where no update succeeded, or none from a commit. */
export function lastUpdate(history: unknown): LastUpdate {
  const updates = historySchema.parse(history);
  const last = updates.find(({ kind, result }) => kind === "update" && result === "succeeded");
  if (last === undefined) {
    throw new Error("The stack has no update that succeeded: run `pulumi up` first.");
  }
  const commit = last.environment["git.head"];
  if (commit === undefined) {
    throw new Error("The stack's last update was not made from a commit, so what it should be is not known.");
  }
  return { commit, image: imageOf(last.config[fullKey("image")]?.value) };
}

function imageOf(section: string | undefined): string | undefined {
  const image: unknown = section === undefined ? undefined : JSON.parse(section);
  return z.object({ reference: z.string() }).safeParse(image).data?.reference;
}
