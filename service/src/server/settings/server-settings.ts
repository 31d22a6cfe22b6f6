import { ENVIRONMENT } from "@ai-model-service/contract/environment";
import { KEY } from "@ai-model-service/contract/keys";
import { z } from "zod";
import { isOrigin } from "../access/origins.js";
import { amount, choice, define, integer, list, text, type SettingsOf } from "./definition.js";

/** Keys in a variable; unset is none, and a list without any is a fault: it must not open the door. */
const keyList = list
  .refine((keys) => keys.length > 0, { error: "holds no key; unset it to do without" })
  .refine((keys) => keys.every((key) => KEY.test(key)), { error: "must be keys of visible ASCII characters" })
  .optional();

/** The settings that every service has. `port` is the service's own. */
export function serverSettings(port: number) {
  return {
    port: define({
      variable: ENVIRONMENT.port,
      schema: integer(0, 65_535),
      fallback: String(port),
      help: "TCP port to listen on; 0 picks a free one",
    }),
    adminPort: define({
      variable: ENVIRONMENT.adminPort,
      schema: integer(0, 65_535).optional(),
      fallbackText: "none: PORT serves administrators too",
      help: "TCP port that answers administrators, who then are answered nowhere else; 0 picks a free one",
    }),
    host: define({
      variable: ENVIRONMENT.host,
      schema: text(),
      fallback: "127.0.0.1",
      help: "address to listen on; 0.0.0.0 to be reached from other machines, as the image does",
    }),
    maxBodyBytes: define({
      variable: "MAX_BODY_BYTES",
      schema: integer(1, 2 ** 31),
      fallback: String(16 * 2 ** 20),
      help: "bytes of a request body at most, before and after decompression",
    }),
    maxBytesInFlight: define({
      variable: "MAX_BYTES_IN_FLIGHT",
      schema: integer(1).optional(),
      fallbackText: "an eighth of the memory, shared by the workers",
      help: "bytes that all requests together may hold of bodies, tensors and answers; past it requests get 503",
    }),
    bodyTimeoutSeconds: define({
      variable: "BODY_TIMEOUT_SECONDS",
      schema: amount(1),
      fallback: "30",
      help: "seconds that a client may take to send a whole request, and to take a whole answer",
    }),
    requestTimeoutSeconds: define({
      variable: "REQUEST_TIMEOUT_SECONDS",
      schema: amount(0.001),
      fallback: "30",
      help: "seconds until a request that names no deadline is answered with 504, whatever it waits for",
    }),
    apiKeys: define({
      variable: ENVIRONMENT.apiKeys,
      schema: keyList,
      fallbackText: "none: open to all",
      help: "keys, separated by commas, one of which a prediction must carry as X-API-Key or Authorization: Bearer",
      secret: true,
      emptyCounts: true,
    }),
    adminApiKeys: define({
      variable: ENVIRONMENT.adminApiKeys,
      schema: keyList,
      fallbackText: "none: whoever reaches ADMIN_PORT, or this machine's own PORT, administrates",
      help: "keys, separated by commas, one of which administrators must send; they open predictions too",
      secret: true,
      emptyCounts: true,
    }),
    apiKeysFile: define({
      variable: ENVIRONMENT.apiKeysFile,
      schema: text().optional(),
      fallbackText: "none",
      help: "JSON file of keys with names, roles and limits, read again when it changes; see docs/api.md",
      emptyCounts: true,
    }),
    corsOrigins: define({
      variable: "CORS_ORIGINS",
      schema: list.refine((origins) => origins.every(isOrigin), {
        error: "must be origins such as https://app.example.com, separated by commas",
      }),
      fallback: "",
      fallbackText: "none",
      help: "origins, separated by commas, whose web pages may call this server",
    }),
    logLevel: define({
      variable: ENVIRONMENT.logLevel,
      schema: choice(["fatal", "error", "warn", "info", "debug", "trace", "silent"]),
      fallback: "info",
      help: "least severity that is logged; debug adds a line per request",
    }),
    logFormat: define({
      variable: "LOG_FORMAT",
      schema: choice(["json", "pretty"]).optional(),
      fallbackText: "pretty in a terminal, else json",
      help: "JSON for machines, pretty for people",
    }),
    shutdownDelaySeconds: define({
      variable: ENVIRONMENT.shutdownDelaySeconds,
      schema: amount(0),
      fallback: "0",
      help: "seconds to go on accepting requests, not ready, after SIGTERM, until load balancers have noticed",
    }),
    shutdownGraceSeconds: define({
      variable: ENVIRONMENT.shutdownGraceSeconds,
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
}

export type ServerSettings = SettingsOf<ReturnType<typeof serverSettings>>;

/** What cannot hold together of the settings that every service has. */
export function serverContradictions({
  port,
  adminPort,
  shutdownDelaySeconds: delay,
  shutdownGraceSeconds: grace,
}: Pick<ServerSettings, "port" | "adminPort" | "shutdownDelaySeconds" | "shutdownGraceSeconds">): string[] {
  const faults = [];
  if (port === adminPort && port !== 0) {
    faults.push(`${ENVIRONMENT.adminPort} (${port}) must be another port than ${ENVIRONMENT.port}.`);
  }
  if (delay >= grace && delay > 0) {
    faults.push(
      `${ENVIRONMENT.shutdownDelaySeconds} (${delay}) must be less than ` +
        `${ENVIRONMENT.shutdownGraceSeconds} (${grace}), which includes it.`,
    );
  }
  return faults;
}
