/** Settings: how a service declares its environment variables and flags, reads them and explains them. */

import { z } from "zod";

/** One setting of a service: an environment variable, and the flag of the same name. */
export interface Setting<S extends z.ZodType = z.ZodType> {
  readonly variable: string;
  readonly schema: S;
  /** As a person would type it; absent means unset. */
  readonly fallback?: string;
  /** What is shown as the default when none is typed, or when it says more than the value. */
  readonly fallbackText?: string;
  /** What it does, with its unit, for `--help` and the documentation. */
  readonly help: string;
  /** True: it has no flag, since every user of a machine sees other processes' arguments, and no fault shows its value. */
  readonly secret?: boolean;
  /** True: a variable that is set to nothing is not an unset one, but a value to be checked. */
  readonly emptyCounts?: boolean;
}

/** All settings of a service, by the names that its code uses. */
export type SettingsTable = Readonly<Record<string, Setting>>;

/** A service's settings as its code reads them. */
export type SettingsOf<T extends SettingsTable> = {
  readonly [Name in keyof T]: z.output<T[Name]["schema"]>;
};

export function define<S extends z.ZodType>(setting: Setting<S>): Setting<S> {
  return setting;
}

/** A whole number within bounds. */
export function integer(minimum: number, maximum = Number.MAX_SAFE_INTEGER) {
  return z.coerce
    .number({ error: "must be a number" })
    .int("must be a whole number")
    .min(minimum, `must be at least ${minimum}`)
    .max(maximum, `must be at most ${maximum}`);
}

/** A number from a lower bound on. */
export function amount(minimum: number) {
  return z.coerce.number({ error: "must be a number" }).min(minimum, `must be at least ${minimum}`);
}

/** One of a few words. */
export function choice<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: `must be one of ${values.join(", ")}` });
}

/** Text that is not empty. */
export function text() {
  return z.string().min(1, "must not be empty");
}

/** Items separated by commas. */
export const list = z.string().transform((typed) =>
  typed
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== ""),
);

/** The flag of a setting, as `--max-body-bytes`. */
export function flagOf({ variable }: Setting): string {
  return `--${variable.toLowerCase().replaceAll("_", "-")}`;
}

/** The default as help and documentation show it. */
export function shownDefault({ fallback, fallbackText }: Setting): string {
  return fallbackText ?? fallback ?? "none";
}
