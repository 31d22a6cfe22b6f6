import type { Server } from "node:http";
import type { Logger } from "pino";
import { collectDefaultMetrics, Gauge, type Registry } from "prom-client";
import { createKeyCheck } from "../server/http/api-keys.js";
import { createApp } from "../server/http/app.js";
import { docsRoutes } from "../server/http/docs.js";
import { healthRoutes } from "../server/http/health.js";
import type { Lifecycle } from "../server/life/lifecycle.js";
import { metricsRoute } from "../server/http/metrics-route.js";
import { HttpMetrics } from "../server/observe/http-metrics.js";
import { RequestLog } from "../server/observe/request-log.js";
import { createHttpServer, createResponder } from "../server/http/server.js";
import type { Tracing } from "../server/observe/tracing.js";
import type { Engine } from "./engine/engine.js";
import { WEB_FOLDER } from "../paths.js";
import { createInfer } from "./protocols/infer.js";
import { OPERATIONS } from "./protocols/operations.js";
import { predictRoute } from "./protocols/predict/routes.js";
import { tensorflowPredictRoute, tensorflowRoutes } from "./protocols/tensorflow/routes.js";
import { v2InferRoute } from "./protocols/v2/infer-route.js";
import { v2Routes } from "./protocols/v2/routes.js";
import type { Settings } from "./settings.js";
import { SERVICE } from "../server/version.js";

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
export function createService({
  settings,
  engine,
  registry,
  lifecycle,
  log,
  tracing,
  readMetrics,
}: ServiceOptions): Server {
  const checkKey = createKeyCheck(settings.apiKeys);
  const { requestTimeoutSeconds, maxBodyBytes } = settings;
  const infer = createInfer({ engine, registry, requestTimeoutSeconds });
  const protocol = { engine, infer, maxBodyBytes };
  const isReady = (): boolean => engine.isReady();
  const app = createApp({
    routes: [
      ...healthRoutes(lifecycle, isReady),
      metricsRoute(registry, readMetrics),
      ...v2Routes({ engine, lifecycle, maxBodyBytes, maxBatchSize: settings.maxBatchSize }),
      ...tensorflowRoutes({ engine }),
      ...docsRoutes(OPERATIONS),
    ],
    folders: [{ path: "/", folder: WEB_FOLDER }],
    responder: createResponder(lifecycle),
    checkKey,
  });
  describeProcess(registry);
  return createHttpServer({
    hotRoutes: [predictRoute(protocol), v2InferRoute(protocol), tensorflowPredictRoute(protocol)],
    fallback: app,
    checkKey,
    metrics: new HttpMetrics(registry),
    lifecycle,
    log: new RequestLog(log),
    tracing,
    bodyTimeoutSeconds: settings.bodyTimeoutSeconds,
  });
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
