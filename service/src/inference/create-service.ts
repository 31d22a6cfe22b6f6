import type { Registry } from "prom-client";
import { WEB_FOLDER } from "../paths.js";
import { createServers, type Servers, type ServersOptions } from "../server/http/create-servers.js";
import { healthRoutes } from "../server/http/health.js";
import { metricsRoute } from "../server/http/metrics-route.js";
import type { Route } from "../server/http/route.js";
import type { Lifecycle } from "../server/life/lifecycle.js";
import type { Engine } from "./engine/engine.js";
import { createInfer, type Tell } from "./protocols/infer.js";
import { predictRoute } from "./protocols/predict/routes.js";
import { routingBy } from "./protocols/routing.js";
import { promotionRoutes } from "./promotion/routes.js";
import type { Steering } from "./promotion/steering.js";
import { tensorflowPredictRoutes, tensorflowRoutes } from "./protocols/tensorflow/routes.js";
import { v2InferRoute } from "./protocols/v2/infer-route.js";
import { v2Routes } from "./protocols/v2/routes.js";
import type { Settings } from "./settings.js";

export interface ServiceOptions extends Omit<
  ServersOptions,
  "settings" | "routes" | "title" | "folder" | "processes"
> {
  readonly settings: ServersOptions["settings"] &
    Pick<Settings, "affinityHeader" | "maxBatchSize" | "maxBodyBytes" | "workers">;
  readonly engine: Engine;
  readonly lifecycle: Lifecycle;
  readonly registry: Registry;
  /** What changes what serves; opened when it is first asked for. */
  readonly steering: () => Promise<Steering>;
  /** What `/metrics` answers; by default the registry's metrics. */
  readonly readMetrics?: (() => Promise<string>) | undefined;
  /** Is told of predictions. */
  readonly tell?: Tell | undefined;
}

const TITLE = {
  title: "AI Model Service",
  description: "Predictions of ONNX models: the simple way, and in the protocols of other servers.",
};

/** The service over an engine, with every protocol. */
export function createService(options: ServiceOptions): Servers {
  return createServers({
    ...options,
    routes: createRoutes(options),
    title: TITLE,
    folder: WEB_FOLDER,
    processes: options.settings.workers,
  });
}

/** Every route of the service but its description. Those that carry most requests come first. */
export function createRoutes(
  options: Pick<
    ServiceOptions,
    "settings" | "engine" | "registry" | "lifecycle" | "readMetrics" | "steering" | "tell"
  >,
): Route[] {
  const { settings, engine, registry, lifecycle, readMetrics, steering, tell } = options;
  const { maxBodyBytes, maxBatchSize } = settings;
  const routingOf = routingBy(settings.affinityHeader);
  const protocol = { engine, infer: createInfer(registry, tell), routingOf, maxBodyBytes };
  return [
    predictRoute(protocol),
    v2InferRoute(protocol),
    ...tensorflowPredictRoutes(protocol),
    ...v2Routes({ engine, lifecycle, maxBodyBytes, maxBatchSize }),
    ...promotionRoutes({ steering, maxBodyBytes }),
    ...tensorflowRoutes({ engine }),
    ...healthRoutes(lifecycle, () => engine.whyNotReady()),
    metricsRoute(registry, readMetrics),
  ];
}
