import { homedir } from "node:os";
import { join } from "node:path";
import { ENVIRONMENT } from "@ai-model-service/contract/environment";
import { SERVICE_PORT } from "@ai-model-service/contract/http";
import { addressFault, isAddress } from "../models/store/s3-address.js";
import { MODELS_FOLDER } from "../paths.js";
import { z } from "zod";
import { amount, choice, define, integer, text, type SettingsOf } from "../server/settings/definition.js";
import { PROVIDER_CHOICES } from "./engine/session/execution-provider.js";
import { readTable, type Flags } from "../server/settings/read.js";
import { serverContradictions, serverSettings } from "../server/settings/server-settings.js";
import { PAYLOADS } from "./events/tell-predictions.js";

/** Every setting of `serve`. */
export const SETTINGS = {
  ...serverSettings(SERVICE_PORT),
  modelRepository: define({
    variable: ENVIRONMENT.modelRepository,
    schema: text().superRefine((typed, context) => {
      const fault = isAddress(typed) ? addressFault(typed) : undefined;
      if (fault !== undefined) {
        context.addIssue(fault);
      }
    }),
    fallback: MODELS_FOLDER,
    fallbackText: "the models that ship",
    help: "folder of models, or s3://bucket/prefix, laid out NAME/VERSION/model.onnx with an optional NAME/config.json",
  }),
  modelCache: define({
    variable: ENVIRONMENT.modelCache,
    schema: text(),
    fallback: join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "ai-model-service"),
    fallbackText: "ai-model-service in the user's folder for caches",
    help: "folder that versions are fetched into when MODEL_REPOSITORY is a bucket; processes may share it",
  }),
  defaultModel: define({
    variable: "DEFAULT_MODEL",
    schema: text().optional(),
    fallbackText: "the only model",
    help: "model that /predict asks when the request names none",
  }),
  modelPollSeconds: define({
    variable: "MODEL_POLL_SECONDS",
    schema: amount(0),
    fallback: "5",
    help: "seconds between looks for new versions in the repository; 0 looks once, at start",
  }),
  maxBatchSize: define({
    variable: "MAX_BATCH_SIZE",
    schema: integer(1),
    fallback: "32",
    help: "rows that run as one batch at most; a model's config.json can say otherwise",
  }),
  maxBatchDelayMs: define({
    variable: "MAX_BATCH_DELAY_MS",
    schema: amount(0),
    fallback: "0",
    help: "milliseconds that a request waits for others while its model is busy; config.json can say otherwise",
  }),
  queueRows: define({
    variable: "QUEUE_ROWS",
    schema: integer(1),
    fallback: "8192",
    help: "rows that wait for a model at most; past it requests get 503; config.json can say otherwise",
  }),
  queueSeconds: define({
    variable: "QUEUE_SECONDS",
    schema: amount(0.001),
    fallback: "0.25",
    help: "seconds of computing that wait for a model on a thread of its own at most, though a batch and eight rows always may; past it requests get 503; config.json can say otherwise",
  }),
  maxRunBytes: define({
    variable: "MAX_RUN_BYTES",
    schema: integer(1).optional(),
    fallbackText: "a quarter of the memory, shared by the workers",
    help: "bytes of memory that one run of a model may need, as far as its graph tells; larger batches are made smaller, and larger requests get 413",
  }),
  intraOpThreads: define({
    variable: "INTRA_OP_THREADS",
    schema: integer(1, 1024).optional(),
    fallbackText: "the CPU limit",
    help: "threads that one run of a model uses",
  }),
  eventsUrl: define({
    variable: "EVENTS_URL",
    schema: z
      .url({ protocol: /^https?$/, error: "must be a URL that begins with http:// or https://" })
      .optional(),
    fallbackText: "none: nobody is told",
    help: "address that takes an event of each prediction, as a CloudEvent in KServe's types; see docs/api.md",
  }),
  eventsFormat: define({
    variable: "EVENTS_FORMAT",
    schema: choice(["batch", "binary"]),
    fallback: "batch",
    help: "batch sends many events in a body; binary sends each by itself, as KServe's consumers take them",
  }),
  eventsSample: define({
    variable: "EVENTS_SAMPLE",
    schema: z.coerce
      .number({ error: "must be a number" })
      .gt(0, "must be more than 0")
      .max(1, "must be at most 1"),
    fallback: "1",
    help: "share of the predictions that are told, up to 1, which is all",
  }),
  eventsPayloads: define({
    variable: "EVENTS_PAYLOADS",
    schema: choice(PAYLOADS),
    fallback: "none",
    help: "whether events hold what the model was asked: none, rows for models that take no pictures, all for pictures too",
  }),
  eventsNamespace: define({
    variable: "EVENTS_NAMESPACE",
    schema: text(),
    fallback: "default",
    help: "Kubernetes namespace that events name",
  }),
  eventsApiKey: define({
    variable: "EVENTS_API_KEY",
    schema: text().optional(),
    fallbackText: "none",
    help: "key that is sent with events, as Authorization: Bearer",
    secret: true,
  }),
  affinityHeader: define({
    variable: "AFFINITY_HEADER",
    schema: text().regex(/^[\w!#$%&'*+.^`|~-]+$/, "must be the name of a header"),
    fallback: "X-Affinity",
    help: "header that tells callers apart where config.json divides the traffic: those of one value get one version",
  }),
  executionProvider: define({
    variable: ENVIRONMENT.executionProvider,
    schema: choice(PROVIDER_CHOICES),
    fallback: "auto",
    help: "what computes models: cpu, cuda (a GPU of NVIDIA), or auto: a GPU where there is one; without it, or for a model that it does not take, the CPU does, and cuda has the index, the log and a metric say so",
  }),
  workers: define({
    variable: "WORKERS",
    schema: integer(1, 1024),
    fallback: "1",
    help: "processes that share the port",
  }),
} as const;

export type Settings = SettingsOf<typeof SETTINGS>;

/** Reads the settings of `serve`; see `readTable`. */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  flags: Flags<typeof SETTINGS> = {},
): Settings {
  return readTable(SETTINGS, environment, flags, serverContradictions);
}
