import type { Server } from "node:http";
import type { Logger } from "pino";
import { collectDefaultMetrics, Gauge, type Registry } from "prom-client";
import { WEB_FOLDER } from "../paths.js";
import { createAccessCheck } from "../server/http/access.js";
import { docsPages, openapiRoute } from "../server/http/docs.js";
import { healthRoutes } from "../server/http/health.js";
import { metricsRoute } from "../server/http/metrics-route.js";
import type { Route } from "../server/http/route.js";
import { createHttpServer } from "../server/http/server.js";
import type { Lifecycle } from "../server/life/lifecycle.js";
import { HttpMetrics } from "../server/observe/http-metrics.js";
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
    "apiKeys" | "bodyTimeoutSeconds" | "maxBatchSize" | "maxBodyBytes" | "requestTimeoutSeconds"
  >;
  readonly engine: Engine;
  readonly registry: Registry;
  readonly lifecycle: Lifecycle;
  readonly log: Logger;
  readonly tracing?: Tracing | undefined;
  /** What `/metrics` answers; by default the registry's metrics. */
  readonly readMetrics?: (() => Promise<string>) | undefined;
}

/** The HTTP server over an engine, with every protocol; it does not listen yet. */
export function createService(options: ServiceOptions): Server {
  const { settings, registry, lifecycle, log, tracing } = options;
  describeProcess(registry);
  return createHttpServer({
    routes: createRoutes(options),
    pages: { files: docsPages(), folder: WEB_FOLDER },
    checkAccess: createAccessCheck(settings.apiKeys),
    metrics: new HttpMetrics(registry),
    lifecycle,
    log: new RequestLog(log),
    tracing,
    bodyTimeoutSeconds: settings.bodyTimeoutSeconds,
    requestTimeoutSeconds: settings.requestTimeoutSeconds,
  });
}

/** Every route of the service. Those that carry most requests come first. */
export function createRoutes(options: Omit<ServiceOptions, "log" | "tracing">): Route[] {
  const { settings, engine, registry, lifecycle, readMetrics } = options;
  const { maxBodyBytes, maxBatchSize } = settings;
  const protocol = { engine, infer: createInfer(registry), maxBodyBytes };
  const routes = [
    predictRoute(protocol),
    v2InferRoute(protocol),
    ...tensorflowPredictRoutes(protocol),
    ...v2Routes({ engine, lifecycle, maxBodyBytes, maxBatchSize }),
    ...tensorflowRoutes({ engine }),
    ...healthRoutes(lifecycle, () => engine.isReady()),
    metricsRoute(registry, readMetrics),
  ];
  return [...routes, openapiRoute(routes)];
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
