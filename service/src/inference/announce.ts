import type { Logger } from "pino";
import { isLoopback } from "../server/access/loopback.js";
import { announceServing } from "../server/life/announce.js";
import type { Settings } from "./settings.js";
import type { Started } from "./workers/worker-messages.js";

/** What a person wants to know first. */
export function announce(log: Logger, settings: Settings, { port, adminPort, models }: Started): void {
  const { host, workers } = settings;
  const facts = { models, ...(workers > 1 && { workers }) };
  announceServing(log, { host, port, adminPort }, facts, [administrationNote(settings)]);
}

/** What is worth knowing of who may load and unload, read the index and the metrics. */
function administrationNote({
  host,
  adminPort,
  adminApiKeys,
  apiKeysFile,
  apiKeys,
}: Settings): string | undefined {
  const byKey = adminApiKeys !== undefined || apiKeysFile !== undefined;
  if (byKey || (adminPort === undefined && apiKeys === undefined && isLoopback(host))) {
    return undefined;
  }
  if (adminPort !== undefined) {
    return isLoopback(host)
      ? undefined
      : "whoever reaches ADMIN_PORT may load and unload models: keep it from the public, or set ADMIN_API_KEYS";
  }
  return "load, unload, index and metrics are refused on this port: set ADMIN_PORT, or ADMIN_API_KEYS";
}
