import type { Server } from "node:http";
import type { Logger } from "pino";
import { collectDefaultMetrics, Gauge, type Registry } from "prom-client";
import { WEB_FOLDER } from "../paths.js";
import type { Keys } from "../server/access/keys.js";
import { ByteBudget } from "../server/byte-budget.js";
import { describeKeys } from "../server/access/key-metrics.js";
import { isLoopback } from "../server/access/loopback.js";
import { openAccess, type Reach } from "../server/http/access.js";
import { docsPages, openapiRoute } from "../server/http/docs.js";
import { Door } from "../server/http/door.js";
import { healthRoutes } from "../server/http/health.js";
import { metricsRoute } from "../server/http/metrics-route.js";
import { byPort } from "../server/http/ports.js";
import type { Route } from "../server/http/route.js";
import { createHttpServer } from "../server/http/server.js";
import type { Lifecycle } from "../server/life/lifecycle.js";
import { memoryLimitBytes } from "../server/memory-limit.js";
import { HttpMetrics } from "../server/observe/http-metrics.js";
import { describeLog } from "../server/observe/log.js";
import type { LogOutput } from "../server/observe/log-output.js";
import { RequestLog } from "../server/observe/request-log.js";
import type { Tracing } from "../server/observe/tracing.js";
import { SERVICE } from "../server/version.js";
import type { Engine } from "./engine/engine.js";
import { createInfer } from "./protocols/infer.js";
import { predictRoute } from "./protocols/predict/routes.js";
import { tensorflowPredictRoutes, tensorflowRoutes } from "./protocols/tensorflow/routes.js";
import { v2InferRoute } from "./protocols/v2/infer-route.js";
import { v2Routes } from "./protocols/v2/routes.js";
import type { Settings } from "./settings.js";

export interface ServiceOptions {
  readonly settings: Pick<
    Settings,
    | "adminPort"
    | "bodyTimeoutSeconds"
    | "corsOrigins"
    | "host"
    | "maxBatchSize"
    | "maxBodyBytes"
    | "maxBytesInFlight"
    | "requestTimeoutSeconds"
    | "workers"
  >;
  readonly engine: Engine;
  readonly registry: Registry;
  readonly lifecycle: Lifecycle;
  readonly log: Logger;
  /** Where the log goes. */
  readonly logOutput: Pick<LogOutput, "dropped">;
  readonly keys: Keys;
  readonly tracing?: Tracing | undefined;
  /** What `/metrics` answers; by default the registry's metrics. */
  readonly readMetrics?: (() => Promise<string>) | undefined;
}

/** HTTP servers over one engine; they do not listen yet. */
export interface Service {
  readonly server: Server;
  /** Administrators' own, where the settings have a port for them. */
  readonly administration: Server | undefined;
}

/** The service over an engine, with every protocol. */
export function createService(options: ServiceOptions): Service {
  const { settings, registry, lifecycle, log, tracing, keys } = options;
  describeProcess(registry);
  describeLog(options.logOutput, registry);
  describeKeys(keys.ring, registry);
  const budget = budgetOf(settings);
  const metrics = new HttpMetrics(registry, budget);
  const requestLog = new RequestLog(log);
  const onLoopback = isLoopback(settings.host);
  const serverOf = (routes: readonly Route[], reach: Reach, folder?: string): Server =>
    createHttpServer({
      routes: [...routes, openapiRoute(routes, openAccess(keys, reach))],
      pages: { files: docsPages(), ...(folder !== undefined && { folder }) },
      door: new Door({ keys, reach, onLoopback, corsOrigins: settings.corsOrigins }),
      metrics,
      budget,
      lifecycle,
      log: requestLog,
      tracing,
      bodyTimeoutSeconds: settings.bodyTimeoutSeconds,
      requestTimeoutSeconds: settings.requestTimeoutSeconds,
    });
  const routes = createRoutes(options);
  if (settings.adminPort === undefined) {
    const reach = onLoopback ? "this-machine" : "anybody";
    return { server: serverOf(routes, reach, WEB_FOLDER), administration: undefined };
  }
  const { callers, administrators } = byPort(routes);
  return {
    server: serverOf(callers, "anybody", WEB_FOLDER),
    administration: serverOf(administrators, "administrators"),
  };
}

/** Of the memory. What is let go stays for a while until it is collected, and models run beside. */
const SHARE_OF_MEMORY = 1 / 8;

function budgetOf({ maxBytesInFlight, workers }: ServiceOptions["settings"]): ByteBudget {
  const memory = Math.floor(memoryLimitBytes() / workers);
  return new ByteBudget(maxBytesInFlight ?? Math.floor(memory * SHARE_OF_MEMORY), memory);
}

/** Every route of the service but its description. Those that carry most requests come first. */
export function createRoutes(
  options: Pick<ServiceOptions, "settings" | "engine" | "registry" | "lifecycle" | "readMetrics">,
): Route[] {
  const { settings, engine, registry, lifecycle, readMetrics } = options;
  const { maxBodyBytes, maxBatchSize } = settings;
  const protocol = { engine, infer: createInfer(registry), maxBodyBytes };
  return [
    predictRoute(protocol),
    v2InferRoute(protocol),
    ...tensorflowPredictRoutes(protocol),
    ...v2Routes({ engine, lifecycle, maxBodyBytes, maxBatchSize }),
    ...tensorflowRoutes({ engine }),
    ...healthRoutes(lifecycle, () => engine.whyNotReady()),
    metricsRoute(registry, readMetrics),
  ];
}

function describeProcess(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: "ai_model_service_build_info",
    help: "1, with the program's version as label.",
    labelNames: ["version"],
    aggregator: "first",
    registers: [registry],
  }).set({ version: SERVICE.version }, 1);
}
