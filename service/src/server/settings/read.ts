import type { z } from "zod";
import type { SettingsOf, SettingsTable } from "./definition.js";

/** Everything that is wrong with the settings, a sentence each. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";

  constructor(readonly faults: readonly string[]) {
    super(faults.join("\n"));
  }
}

/** Values as they were typed, by the settings' names. */
export type Flags<T extends SettingsTable> = Readonly<Partial<Record<keyof T, string>>>;

/** Sentences about settings that are valid one by one and cannot hold together. */
export type Contradictions<T extends SettingsTable> = (settings: SettingsOf<T>) => string[];

/**
 * Reads all settings of `table`: a flag, else the environment variable, else the default; an empty variable counts as
 * unset. Throws one SettingsError that tells all faults, each naming its variable.
 */
export function readTable<T extends SettingsTable>(
  table: T,
  environment: Readonly<Record<string, string | undefined>>,
  flags: Flags<T>,
  contradictions: Contradictions<T>,
): SettingsOf<T> {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, { variable, schema, fallback }] of Object.entries(table)) {
    const typed = flags[name] ?? (environment[variable] || undefined);
    const result = schema.safeParse(typed ?? fallback);
    if (result.success) {
      values[name] = result.data;
    } else {
      faults.push(`${variable} ${reasonOf(result.error)}, not ${JSON.stringify(typed)}.`);
    }
  }
  const settings = values as SettingsOf<T>;
  if (faults.length === 0) {
    faults.push(...contradictions(settings));
  }
  if (faults.length > 0) {
    throw new SettingsError(faults);
  }
  return Object.freeze(settings);
}

function reasonOf(error: z.ZodError): string {
  return error.issues[0]?.message ?? "is not valid";
}
