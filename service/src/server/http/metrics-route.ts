import { PATHS } from "@ai-model-service/contract/http";
import type { Registry } from "prom-client";
import type { Route } from "./route.js";

/** All metrics in Prometheus's text format, `registry`'s unless `read` has others. */
export function metricsRoute(registry: Registry, read = () => registry.metrics()): Route {
  return {
    method: "GET",
    path: PATHS.metrics,
    open: true,
    handle: async () => ({ status: 200, contentType: registry.contentType, body: await read() }),
  };
}
