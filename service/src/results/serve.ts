/** Results: the service that keeps what was predicted, put together from the store and its routes. */

import { Registry } from "prom-client";
import { followKeys, readKeys } from "../server/access/keys.js";
import { isLoopback } from "../server/access/loopback.js";
import { announceServing } from "../server/life/announce.js";
import { leaveOnSignal } from "../server/life/leave-on-signal.js";
import { Lifecycle } from "../server/life/lifecycle.js";
import { listenAll } from "../server/life/listen.js";
import { shutDown } from "../server/life/shutdown.js";
import { UnusedConnections } from "../server/life/unused-connections.js";
import { startLog } from "../server/observe/start-log.js";
import { startTracing } from "../server/observe/start-tracing.js";
import { createResultsService } from "./create-service.js";
import { ResultsMetrics } from "./results-metrics.js";
import { RetentionJob } from "./retention-job.js";
import type { Settings } from "./settings.js";
import { Store } from "./store/store.js";

/** Serves until SIGTERM, SIGINT or SIGHUP, then ends the process: 0 when everything was answered, 1 when the grace ran out. */
export async function serveResults(settings: Settings): Promise<void> {
  const { log, logOutput } = await startLog(settings);
  const keys = readKeys(settings);
  followKeys(keys, settings, log);
  const registry = new Registry();
  const lifecycle = new Lifecycle();
  const tracing = await startTracing(settings, log);
  const now = () => Date.now();
  const metrics = new ResultsMetrics(registry, () => store.waiting);
  const store = new Store({
    address: settings.database,
    log,
    now,
    onCommit: (milliseconds) => metrics.committed(milliseconds),
  });
  const retention = new RetentionJob({ settings, store, metrics, log, now });
  const options = { settings, store, metrics, now, registry, lifecycle, log, logOutput, keys, tracing };
  const servers = createResultsService(options);
  const all = servers.administration ? [servers.server, servers.administration] : [servers.server];
  const unusedConnections = new UnusedConnections(all);
  const ports = await listenAll(servers, settings);
  leaveOnSignal({
    log,
    graceSeconds: settings.shutdownGraceSeconds,
    leave: () =>
      shutDown({
        servers: all,
        unusedConnections,
        lifecycle,
        delaySeconds: settings.shutdownDelaySeconds,
        graceSeconds: settings.shutdownGraceSeconds,
        async release() {
          await retention.stop();
          await store.close();
          await tracing?.stop();
        },
      }),
  });
  await store.open();
  retention.start();
  announceServing(log, { host: settings.host, ...ports }, {}, [readingNote(settings)]);
}

/** What is worth knowing of who may read and delete. */
function readingNote({ host, adminPort, adminApiKeys, apiKeys, apiKeysFile }: Settings): string | undefined {
  const byKey = adminApiKeys !== undefined || apiKeysFile !== undefined;
  if (byKey || (isLoopback(host) && (adminPort !== undefined || apiKeys === undefined))) {
    return undefined;
  }
  return adminPort === undefined
    ? "finding, exporting and deleting results is refused on this port: set ADMIN_PORT, or ADMIN_API_KEYS"
    : "whoever reaches ADMIN_PORT may read and delete results: keep it from the public, or set ADMIN_API_KEYS";
}
