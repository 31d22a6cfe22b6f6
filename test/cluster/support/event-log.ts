import { existsSync, readFileSync } from "node:fs";

import { z } from "zod";

const events = z.object({
  diagnosticEvent: z.object({ severity: z.string(), message: z.string() }).optional(),
});

/** Arguments that have Pulumi write its events to a file; the flag is one of those that it hides. */
export function logEventsTo(file: string): string[] {
  process.env["PULUMI_DEBUG_COMMANDS"] = "true";
  return ["--event-log", file];
}

/** The errors that Pulumi reported in such a file. */
export function loggedErrors(file: string): string[] {
  if (!existsSync(file)) {
    return [];
  }
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return lines
    .flatMap((line) => events.parse(JSON.parse(line)).diagnosticEvent ?? [])
    .filter(({ severity }) => severity === "error")
    .map(({ message }) => message);
}
