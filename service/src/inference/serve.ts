/** Inference: the service that answers predictions, put together from engine, protocols and workers. */

import cluster, { type Worker } from "node:cluster";
import { Registry } from "prom-client";
import type { Logger } from "pino";
import { followKeys, readKeys } from "../server/access/keys.js";
import { Lifecycle } from "../server/life/lifecycle.js";
import { leaveOnSignal } from "../server/life/leave-on-signal.js";
import { listenAll } from "../server/life/listen.js";
import type { LogOutput } from "../server/observe/log-output.js";
import { startLog } from "../server/observe/start-log.js";
import { startTracing } from "../server/observe/start-tracing.js";
import { shutDown } from "../server/life/shutdown.js";
import { UnusedConnections } from "../server/life/unused-connections.js";
import { announce } from "./announce.js";
import { createEngine } from "./engine/create-engine.js";
import { engineOptions } from "./engine-options.js";
import type { ModelIndexEntry } from "./engine/engine.js";
import { startEvents } from "./events/start-events.js";
import { exitProcess } from "./engine/session/session-host.js";
import { createService } from "./create-service.js";
import type { Settings } from "./settings.js";
import { Promotion } from "./promotion/open-promotion.js";
import type { Steering } from "./promotion/steering.js";
import { joinSiblings } from "./workers/join.js";
import { sharedEngine } from "./workers/shared-engine.js";
import { sharedMetrics } from "./workers/shared-metrics.js";

/** Serves until SIGTERM, SIGINT or SIGHUP, then ends the process: 0 when everything was answered, 1 when the grace ran out. */
export async function serve(settings: Settings): Promise<void> {
  const { log, logOutput } = await startLog(settings);
  if (settings.workers === 1) {
    await serveHere(settings, { log, logOutput }, undefined);
  } else if (cluster.worker) {
    await serveHere(settings, { log, logOutput }, cluster.worker);
  } else {
    const { supervise } = await import("./workers/supervise.js");
    const { workers } = settings;
    process.exit(await supervise({ workers, log, onServing: (serving) => announce(log, settings, serving) }));
  }
}

/** Serves in this process, as the only one or as one of several workers. */
async function serveHere(
  settings: Settings,
  { log, logOutput }: { readonly log: Logger; readonly logOutput: LogOutput },
  worker: Worker | undefined,
): Promise<void> {
  const keys = readKeys(settings);
  followKeys(keys, settings, log);
  const registry = new Registry();
  const lifecycle = new Lifecycle();
  const own = createEngine(engineOptions(settings), registry, log);
  const stop = new AbortController();
  const siblings = worker && joinSiblings(worker, own, registry, stop, log);
  const engine = siblings ? sharedEngine(own, siblings) : own;
  const tracing = await startTracing(settings, log);
  const readMetrics = siblings && (() => sharedMetrics(siblings));
  const events = startEvents(settings, registry, log);
  const tell = events?.tell;
  const promotion = new Promotion(settings.modelRepository, log);
  const steering = (): Promise<Steering> => promotion.steering();
  const told = { log, logOutput, tracing, readMetrics, tell };
  const service = { settings, engine, registry, lifecycle, keys, steering, ...told };
  const { server, administration } = createService(service);
  const servers = administration ? [server, administration] : [server];
  const unusedConnections = new UnusedConnections(servers);
  // A worker that replaces one gets no connection before it can answer: the others have them meanwhile.
  const replaces = worker !== undefined && worker.id > settings.workers;
  if (replaces) {
    await engine.start();
  }
  const { port, adminPort } = await listenAll({ server, administration }, settings);
  const isFirst = (): Promise<boolean> => siblings?.isFirst() ?? Promise.resolve(true);
  const endFollowing = promotion.follow(engine, settings.modelPollSeconds, isFirst);
  onSignal(log, settings, stop.signal, () =>
    shutDown({
      servers,
      unusedConnections,
      lifecycle,
      delaySeconds: settings.shutdownDelaySeconds,
      graceSeconds: settings.shutdownGraceSeconds,
      async release() {
        await endFollowing();
        await engine.stop();
        await events?.stop();
        await tracing?.stop();
      },
    }),
  );
  if (!replaces) {
    await engine.start();
  }
  const serving = { port, adminPort, models: readyModels(engine.index()) };
  if (siblings) {
    siblings.started(serving);
  } else {
    announce(log, settings, serving);
  }
}

function readyModels(index: readonly ModelIndexEntry[]): string[] {
  return index.filter(({ state }) => state === "READY").map(({ name, version }) => `${name}/${version}`);
}

/**
 * Leaves on a signal. A worker leaves when `told`: a terminal sends SIGINT and SIGHUP to every process, and the one that
 * started the workers passes them on in good order.
 */
function onSignal(log: Logger, settings: Settings, told: AbortSignal, leave: () => Promise<void>): void {
  const handle = leaveOnSignal({
    log,
    graceSeconds: settings.shutdownGraceSeconds,
    leave,
    fromTerminal: cluster.isPrimary,
    exit: exitProcess,
  });
  told.addEventListener("abort", () => handle("SIGTERM"));
  if (told.aborted) {
    handle("SIGTERM");
  }
}
