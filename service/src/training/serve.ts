/** Training: the service whose jobs train models and publish them, put together from jobs, recipes and the model store. */

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
import { createTraining } from "./create-service.js";
import type { Settings } from "./settings.js";

/** Serves until SIGTERM, SIGINT or SIGHUP, then ends the process; jobs that run go on when it is started again. */
export async function serve(settings: Settings): Promise<void> {
  const { log, logOutput } = await startLog(settings);
  const keys = readKeys(settings);
  followKeys(keys, settings, log);
  const lifecycle = new Lifecycle();
  const tracing = await startTracing(settings, log);
  const registry = new Registry();
  const training = createTraining({ settings, registry, lifecycle, log, logOutput, keys, tracing });
  const { server, administration } = training.servers;
  const servers = administration ? [server, administration] : [server];
  const unusedConnections = new UnusedConnections(servers);
  const ports = await listenAll(training.servers, settings);
  leaveOnSignal({
    log,
    graceSeconds: settings.shutdownGraceSeconds,
    async leave() {
      training.streams.close();
      await shutDown({
        ...{ servers, unusedConnections, lifecycle },
        delaySeconds: settings.shutdownDelaySeconds,
        graceSeconds: settings.shutdownGraceSeconds,
        async release() {
          await training.jobs.stop();
          await tracing?.stop();
        },
      });
    },
  });
  await training.start();
  announceServing(log, { host: settings.host, ...ports }, { jobs: training.jobs.table.all().length }, [
    note(settings),
  ]);
}

/** What is worth knowing of who may start jobs. */
function note({ host, adminPort, adminApiKeys, apiKeysFile }: Settings): string | undefined {
  if (adminApiKeys !== undefined || apiKeysFile !== undefined || isLoopback(host)) {
    return undefined;
  }
  return adminPort === undefined
    ? "jobs and data sets are refused on this port: set ADMIN_PORT, or ADMIN_API_KEYS"
    : "whoever reaches ADMIN_PORT may start jobs and send data: keep it from the public, or set ADMIN_API_KEYS";
}
