import { PATHS } from "@ai-model-service/contract/http";
import type { Registry } from "prom-client";
import { z } from "zod";
import type { Route } from "./route.js";

/** All metrics in Prometheus's text format, `registry`'s unless `read` has others. */
export function metricsRoute(registry: Registry, read = () => registry.metrics()): Route {
  return {
    method: "GET",
    path: PATHS.metrics,
    access: "administrator",
    handle: async () => ({ status: 200, contentType: registry.contentType, body: await read() }),
    description: {
      tag: "Operate",
      summary: "Metrics in Prometheus's text format",
      response: { "text/plain": z.string() },
    },
  };
}
