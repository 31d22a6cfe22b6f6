import { z } from "zod";
import { MODELS_FOLDER } from "../paths.js";

function integer(minimum: number, maximum = Number.MAX_SAFE_INTEGER) {
  return z.coerce
    .number({ error: "must be a number" })
    .int("must be a whole number")
    .min(minimum, `must be at least ${minimum}`)
    .max(maximum, `must be at most ${maximum}`);
}

function amount(minimum: number) {
  return z.coerce.number({ error: "must be a number" }).min(minimum, `must be at least ${minimum}`);
}

function choice<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: `must be one of ${values.join(", ")}` });
}

const list = z.string().transform((text) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== ""),
);

interface Definition<S extends z.ZodType = z.ZodType> {
  readonly variable: string;
  readonly schema: S;
  /** As a person would type it; absent means unset. */
  readonly fallback?: string;
  /** What is shown as the default when none is typed. */
  readonly fallbackText?: string;
  readonly help: string;
}

function define<S extends z.ZodType>(definition: Definition<S>): Definition<S> {
  return definition;
}

/** Every setting of `serve`: an environment variable, and the flag of the same name. The flag wins. */
export const SETTINGS = {
  port: define({
    variable: "PORT",
    schema: integer(0, 65_535),
    fallback: "8000",
    help: "TCP port to listen on; 0 picks a free one",
  }),
  host: define({
    variable: "HOST",
    schema: z.string().min(1, "must not be empty"),
    fallback: "127.0.0.1",
    help: "address to listen on; 0.0.0.0 to be reached from other machines, as the image does",
  }),
  modelRepository: define({
    variable: "MODEL_REPOSITORY",
    schema: z.string().min(1, "must not be empty"),
    fallback: MODELS_FOLDER,
    fallbackText: "the models that ship",
    help: "folder of models, laid out NAME/VERSION/model.onnx with an optional NAME/config.json",
  }),
  defaultModel: define({
    variable: "DEFAULT_MODEL",
    schema: z.string().min(1, "must not be empty").optional(),
    fallbackText: "the only model",
    help: "model that /predict asks when the request names none",
  }),
  modelPollSeconds: define({
    variable: "MODEL_POLL_SECONDS",
    schema: amount(0),
    fallback: "5",
    help: "seconds between looks for new versions in the repository; 0 looks once, at start",
  }),
  maxBodyBytes: define({
    variable: "MAX_BODY_BYTES",
    schema: integer(1, 2 ** 31),
    fallback: String(16 * 2 ** 20),
    help: "bytes of a request body at most, before and after decompression",
  }),
  bodyTimeoutSeconds: define({
    variable: "BODY_TIMEOUT_SECONDS",
    schema: amount(1),
    fallback: "30",
    help: "seconds that a client may take to send a whole request",
  }),
  requestTimeoutSeconds: define({
    variable: "REQUEST_TIMEOUT_SECONDS",
    schema: amount(0.001),
    fallback: "30",
    help: "seconds until a request that names no deadline is answered with 504",
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
  intraOpThreads: define({
    variable: "INTRA_OP_THREADS",
    schema: integer(1, 1024).optional(),
    fallbackText: "the CPU limit",
    help: "threads that one run of a model uses",
  }),
  workers: define({
    variable: "WORKERS",
    schema: integer(1, 1024),
    fallback: "1",
    help: "processes that share the port",
  }),
  apiKeys: define({
    variable: "API_KEYS",
    schema: list,
    fallback: "",
    fallbackText: "none: open to all",
    help: "keys, separated by commas, one of which a request must carry as X-API-Key or Authorization: Bearer",
  }),
  logLevel: define({
    variable: "LOG_LEVEL",
    schema: choice(["fatal", "error", "warn", "info", "debug", "trace", "silent"]),
    fallback: "info",
    help: "least severity that is logged; debug adds a line per request",
  }),
  logFormat: define({
    variable: "LOG_FORMAT",
    schema: choice(["json", "pretty"]).optional(),
    fallbackText: "pretty in a terminal, else json",
    help: "json for machines, pretty for people",
  }),
  shutdownDelaySeconds: define({
    variable: "SHUTDOWN_DELAY_SECONDS",
    schema: amount(0),
    fallback: "0",
    help: "seconds to go on accepting requests, not ready, after SIGTERM, until load balancers have noticed",
  }),
  shutdownGraceSeconds: define({
    variable: "SHUTDOWN_GRACE_SECONDS",
    schema: amount(0),
    fallback: "25",
    help: "seconds from SIGTERM, the delay included, until the process ends even if requests are left",
  }),
  traceEndpoint: define({
    variable: "OTEL_EXPORTER_OTLP_ENDPOINT",
    schema: z
      .url({ protocol: /^https?$/, error: "must be a URL that begins with http:// or https://" })
      .optional(),
    fallbackText: "none: no traces",
    help: "OpenTelemetry collector (OTLP over HTTP) that traces go to",
  }),
} as const;

export type SettingName = keyof typeof SETTINGS;

export type Settings = {
  readonly [Name in SettingName]: z.output<(typeof SETTINGS)[Name]["schema"]>;
};

/** The flag of a setting, as `--max-body-bytes`. */
export function flagOf(name: SettingName): string {
  return `--${SETTINGS[name].variable.toLowerCase().replaceAll("_", "-")}`;
}

/** Everything that is wrong with the settings, a sentence each. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";

  constructor(readonly faults: readonly string[]) {
    super(faults.join("\n"));
  }
}

function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name);
}
export const SETTING_NAMES: readonly SettingName[] = Object.keys(SETTINGS).filter(isSettingName);

/**
 * Reads all settings: a flag, else the environment variable, else the default; an empty variable counts as unset.
 * Throws one SettingsError that tells all faults, each naming its variable.
 */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  flags: Readonly<Partial<Record<SettingName, string>>> = {},
): Settings {
  const faults: string[] = [];
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const name of SETTING_NAMES) {
    const definition: Definition = SETTINGS[name];
    const typed = flags[name] ?? (environment[definition.variable] || undefined);
    const result = definition.schema.safeParse(typed ?? definition.fallback);
    if (result.success) {
      values[name] = result.data;
    } else {
      faults.push(`${definition.variable} ${reasonOf(result.error)}, not ${JSON.stringify(typed)}`);
    }
  }
  if (faults.length === 0) {
    faults.push(...contradictions(values as Settings));
  }
  if (faults.length > 0) {
    throw new SettingsError(faults);
  }
  return Object.freeze(values as Settings);
}

function reasonOf(error: z.ZodError): string {
  return error.issues[0]?.message ?? "is not valid";
}

function contradictions(settings: Settings): string[] {
  if (settings.shutdownDelaySeconds < settings.shutdownGraceSeconds) {
    return [];
  }
  if (settings.shutdownDelaySeconds === 0) {
    return [];
  }
  return [
    `SHUTDOWN_DELAY_SECONDS (${settings.shutdownDelaySeconds}) must be less than ` +
      `SHUTDOWN_GRACE_SECONDS (${settings.shutdownGraceSeconds}), which includes it`,
  ];
}
