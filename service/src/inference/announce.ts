import type { Logger } from "pino";
import { isLoopback } from "../server/access/loopback.js";
import { untestedNode } from "../server/node-lines.js";
import type { Settings } from "./settings.js";
import type { Started } from "./workers/worker-messages.js";

/** What a person wants to know first. */
export function announce(log: Logger, settings: Settings, { port, adminPort, models }: Started): void {
  const { host, workers } = settings;
  const shownHost = ["0.0.0.0", "::", "127.0.0.1"].includes(host) ? "localhost" : host;
  const facts = {
    models,
    ...(workers > 1 && { workers }),
    startSeconds: Math.round(performance.now()) / 1000,
  };
  const where = adminPort === undefined ? "" : `, administrators on http://${shownHost}:${adminPort}`;
  log.info(facts, `serving on http://${shownHost}:${port}${where}`);
  for (const note of [administrationNote(settings), untestedNode(process.versions.node)]) {
    if (note !== undefined) {
      log.warn({}, note);
    }
  }
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
