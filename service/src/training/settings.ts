import { join } from "node:path";
import { ENVIRONMENT } from "@ai-model-service/contract/environment";
import { TRAINING_PORT } from "@ai-model-service/contract/http";
import { DATA_FOLDER, MODELS_FOLDER } from "../paths.js";
import { define, integer, text, type SettingsOf } from "../server/settings/definition.js";
import { readTable, type Flags } from "../server/settings/read.js";
import { serverContradictions, serverSettings } from "../server/settings/server-settings.js";

const shared = serverSettings(TRAINING_PORT);

/** Uploads take longer than predictions. */
const UPLOAD_SECONDS = "600";

/** Every setting of `training`. */
export const SETTINGS = {
  ...shared,
  bodyTimeoutSeconds: { ...shared.bodyTimeoutSeconds, fallback: UPLOAD_SECONDS },
  requestTimeoutSeconds: { ...shared.requestTimeoutSeconds, fallback: UPLOAD_SECONDS },
  modelRepository: define({
    variable: ENVIRONMENT.modelRepository,
    schema: text(),
    fallback: MODELS_FOLDER,
    fallbackText: "the models that ship",
    help: "folder of models that jobs publish versions into",
  }),
  trainingFolder: define({
    variable: "TRAINING_FOLDER",
    schema: text(),
    fallback: join(DATA_FOLDER, "training"),
    fallbackText: "service/data/training",
    help: "folder in which jobs, what they make and uploaded data sets are kept; one service's own",
  }),
  dataFolder: define({
    variable: "DATA_FOLDER",
    schema: text().optional(),
    fallbackText: "none: jobs name no paths",
    help: "folder below which a job's data may lie",
  }),
  concurrentJobs: define({
    variable: "CONCURRENT_JOBS",
    schema: integer(1, 64),
    fallback: "1",
    help: "jobs that run at once; the others wait in order",
  }),
  maxQueuedJobs: define({
    variable: "MAX_QUEUED_JOBS",
    schema: integer(1, 10_000),
    fallback: "100",
    help: "jobs that wait at most; past it requests get 503",
  }),
  maxKeptJobs: define({
    variable: "MAX_KEPT_JOBS",
    schema: integer(1, 100_000),
    fallback: "1000",
    help: "jobs that have ended and are kept; older ones are removed with all that they made, but not the versions",
  }),
  maxDatasetBytes: define({
    variable: "MAX_DATASET_BYTES",
    schema: integer(1),
    fallback: String(2 ** 30),
    help: "bytes of one uploaded data set at most",
  }),
  maxDatasetsBytes: define({
    variable: "MAX_DATASETS_BYTES",
    schema: integer(1),
    fallback: String(10 * 2 ** 30),
    help: "bytes of all uploaded data sets at most",
  }),
} as const;

export type Settings = SettingsOf<typeof SETTINGS>;

/** Reads the settings of `training`; see `readTable`. */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  flags: Flags<typeof SETTINGS> = {},
): Settings {
  return readTable(SETTINGS, environment, flags, serverContradictions);
}
