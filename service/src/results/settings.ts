import { RESULTS_PORT } from "@ai-model-service/contract/http";
import { amount, define, text, type SettingsOf } from "../server/settings/definition.js";
import { readTable, type Flags } from "../server/settings/read.js";
import { serverContradictions, serverSettings } from "../server/settings/server-settings.js";

/** The settings that only `results` has. */
export const RESULTS_SETTINGS = {
  database: define({
    variable: "RESULTS_DATABASE",
    schema: text(),
    fallback: "data/results.db",
    help: "where results are kept: the path of an SQLite file, which is made if it is missing, or postgres://USER:PASSWORD@HOST/NAME",
    secret: true,
  }),
  retentionDays: define({
    variable: "RESULTS_RETENTION_DAYS",
    schema: amount(0),
    fallback: "90",
    help: "days for which a result is kept after it came; 0 keeps it until somebody deletes it",
  }),
  payloadDays: define({
    variable: "RESULTS_PAYLOAD_DAYS",
    schema: amount(0),
    fallback: "0",
    help: "days for which the inputs and outputs that come with results and events are kept; 0 keeps none of them",
  }),
} as const;

/** Every setting of `results`. */
export const SETTINGS = { ...serverSettings(RESULTS_PORT), ...RESULTS_SETTINGS } as const;

export type Settings = SettingsOf<typeof SETTINGS>;

/** Reads the settings of `results`; see `readTable`. */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  flags: Flags<typeof SETTINGS> = {},
): Settings {
  return readTable(SETTINGS, environment, flags, contradictions);
}

function contradictions(settings: Settings): string[] {
  const { retentionDays, payloadDays } = settings;
  const faults = serverContradictions(settings);
  if (retentionDays > 0 && payloadDays > retentionDays) {
    faults.push(
      `RESULTS_PAYLOAD_DAYS (${payloadDays}) must be at most RESULTS_RETENTION_DAYS (${retentionDays}): what a result carried goes with it.`,
    );
  }
  return faults;
}
