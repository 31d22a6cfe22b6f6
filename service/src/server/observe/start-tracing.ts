import type { ServerSettings } from "../settings/server-settings.js";
import { SERVICE } from "../version.js";
import type { Logger } from "./logger.js";
import type { Tracing } from "./tracing.js";

/** The traces that the settings ask for, if they do; the packages for them are loaded only then. */
export async function startTracing(
  { traceEndpoint }: Pick<ServerSettings, "traceEndpoint">,
  log: Logger,
): Promise<Tracing | undefined> {
  if (traceEndpoint === undefined) {
    return undefined;
  }
  const { createTracing } = await import("./tracing.js");
  return createTracing({
    endpoint: traceEndpoint,
    service: SERVICE,
    onLost: (err) => log.warn({ err }, "the last traces could not be sent"),
  });
}
