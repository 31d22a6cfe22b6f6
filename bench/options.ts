import { parseArgs } from "node:util";
import { z } from "zod";

const count = z.coerce.number().int().positive();
const seconds = z.coerce.number().positive();

const schema = z.object({
  /** Names of variants; empty means all. */
  only: z
    .string()
    .transform((text) => text.split(",").filter((name) => name !== ""))
    .default([]),
  /** What to measure: the servers side by side, this service under overload, or both. */
  section: z.enum(["all", "servers", "overload"]).default("all"),
  /** Of each closed-loop and open-loop measurement. */
  seconds: seconds.default(3),
  /** Fresh processes of each variant; figures are medians over them. */
  rounds: count.default(3),
  /** Requests that the memory run sends, and how long it may take. */
  memoryRequests: z.coerce.number().int().nonnegative().default(1_000_000),
  memorySeconds: seconds.default(180),
  /** Whether the pages, the plot and the results are rewritten. */
  write: z.boolean().default(true),
});

export type Options = z.infer<typeof schema>;

export const USAGE = `npm run bench -- [options]
  --only NAMES            variants, separated by commas (all)
  --section NAME          servers, overload, or all (all)
  --seconds S             of each measurement (3)
  --rounds N              fresh processes per variant; figures are medians (3)
  --memory-requests N     requests of the memory run, 0 for none (1000000)
  --memory-seconds S      the memory run ends after this (180)
  --no-write              print only: leave the pages, the plot and the results alone`;

/** Reads the command line. Throws with a sentence that names the option. */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: {
      only: { type: "string" },
      section: { type: "string" },
      seconds: { type: "string" },
      rounds: { type: "string" },
      "memory-requests": { type: "string" },
      "memory-seconds": { type: "string" },
      write: { type: "boolean" },
    },
  });
  const result = schema.safeParse({
    ...values,
    memoryRequests: values["memory-requests"],
    memorySeconds: values["memory-seconds"],
  });
  if (result.success) {
    return result.data;
  }
  const faults = result.error.issues.map((issue) => `--${issue.path.join(".")}: ${issue.message}`);
  throw new Error(faults.join("\n"));
}
