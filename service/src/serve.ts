import { Registry } from "prom-client";
import type { Logger } from "pino";
import { Lifecycle } from "./http/lifecycle.js";
import { listen } from "./http/listen.js";
import { createLog } from "./http/log.js";
import { shutDown } from "./http/shutdown.js";
import type { Tracing } from "./http/tracing.js";
import { UnusedConnections } from "./http/unused-connections.js";
import { createEngine } from "./inference/create-engine.js";
import type { Engine } from "./inference/engine.js";
import { createService } from "./service.js";
import type { Settings } from "./settings.js";
import { SERVICE } from "./version.js";

/** Serves until SIGTERM or SIGINT, then ends the process: 0 when everything was answered, 1 when the grace ran out. */
export async function serve(settings: Settings): Promise<void> {
  const log = await createLog({
    level: settings.logLevel,
    format: settings.logFormat ?? (process.stdout.isTTY ? "pretty" : "json"),
  });
  const registry = new Registry();
  const lifecycle = new Lifecycle();
  const engine = createEngine(
    {
      repository: settings.modelRepository,
      defaultModel: settings.defaultModel,
      pollSeconds: settings.modelPollSeconds,
      threads: settings.intraOpThreads,
      maxBatchSize: settings.maxBatchSize,
      maxBatchDelayMs: settings.maxBatchDelayMs,
      queueRows: settings.queueRows,
      queueSeconds: settings.queueSeconds,
    },
    registry,
    log,
  );
  const tracing = await tracingOf(settings, log);
  const server = createService({ settings, engine, registry, lifecycle, log, tracing });
  const unusedConnections = new UnusedConnections(server);
  const port = await listen(server, settings.port, settings.host);
  onSignal(log, settings, () =>
    shutDown({
      server,
      unusedConnections,
      lifecycle,
      delaySeconds: settings.shutdownDelaySeconds,
      async release() {
        await engine.stop();
        await tracing?.stop();
      },
    }),
  );
  await engine.start();
  announce(log, engine, settings.host, port);
}

async function tracingOf({ traceEndpoint }: Settings, log: Logger): Promise<Tracing | undefined> {
  if (traceEndpoint === undefined) return undefined;
  const { createTracing } = await import("./http/tracing.js");
  return createTracing({
    endpoint: traceEndpoint,
    service: SERVICE,
    onLost: (err) => log.warn({ err }, "the last traces could not be sent"),
  });
}

/** What a person wants to know first. */
function announce(log: Logger, engine: Engine, host: string, port: number): void {
  const models = engine
    .index()
    .filter(({ state }) => state === "READY")
    .map(({ name, version }) => `${name}/${version}`);
  const shownHost = ["0.0.0.0", "::", "127.0.0.1"].includes(host) ? "localhost" : host;
  log.info(
    { models, startSeconds: Math.round(performance.now()) / 1000 },
    `serving on http://${shownHost}:${port}`,
  );
}

/** Runs `leave` on the first signal and exits; a second signal exits at once. */
function onSignal(log: Logger, settings: Settings, leave: () => Promise<void>): void {
  let leaving = false;
  const handle = (signal: NodeJS.Signals): void => {
    if (leaving) process.exit(1);
    leaving = true;
    log.info({ signal }, "shutting down");
    setTimeout(() => {
      log.error("SHUTDOWN_GRACE_SECONDS are over; requests that are left are cut off");
      process.exit(1);
    }, settings.shutdownGraceSeconds * 1000).unref();
    leave().then(
      () => {
        log.info("stopped");
        process.exit(0);
      },
      (err: unknown) => {
        log.error({ err }, "failed to stop");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", handle).on("SIGINT", handle);
}
