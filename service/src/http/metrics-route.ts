import { PATHS } from "@ai-model-service/contract";
import type { Registry } from "prom-client";
import type { Route } from "./route.js";

/** All metrics of `registry` in Prometheus's text format. */
export function metricsRoute(registry: Registry): Route {
  return {
    method: "GET",
    path: PATHS.metrics,
    open: true,
    handle: async () => ({ status: 200, contentType: registry.contentType, body: await registry.metrics() }),
  };
}
