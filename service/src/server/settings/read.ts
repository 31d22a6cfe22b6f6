import type { z } from "zod";
import { flagOf, type Setting, type SettingsOf, type SettingsTable } from "./definition.js";

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
 * unset unless the setting says otherwise. Throws one SettingsError that tells all faults, each naming its variable.
 */
export function readTable<T extends SettingsTable>(
  table: T,
  environment: Readonly<Record<string, string | undefined>>,
  flags: Flags<T>,
  contradictions: Contradictions<T>,
): SettingsOf<T> {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(table)) {
    const typed = flags[name] ?? typedVariable(setting, environment);
    const result = setting.schema.safeParse(typed ?? setting.fallback);
    if (setting.secret && flags[name] !== undefined) {
      faults.push(
        `${setting.variable} is not taken as ${flagOf(setting)}, which every user of this machine could see; set the variable.`,
      );
    } else if (result.success) {
      values[name] = result.data;
    } else {
      faults.push(faultOf(setting, typed, result.error));
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

function typedVariable(
  { variable, emptyCounts }: Setting,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const typed = environment[variable];
  return typed === "" && !emptyCounts ? undefined : typed;
}

function faultOf({ variable, secret }: Setting, typed: string | undefined, error: z.ZodError): string {
  const reason = error.issues[0]?.message ?? "is not valid";
  return secret ? `${variable} ${reason}.` : `${variable} ${reason}, not ${JSON.stringify(typed)}.`;
}
