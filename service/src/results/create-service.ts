import { createServers, type Servers, type ServersOptions } from "../server/http/create-servers.js";
import { healthRoutes } from "../server/http/health.js";
import { metricsRoute } from "../server/http/metrics-route.js";
import type { Route } from "../server/http/route.js";
import { deleteRoute } from "./api/delete-route.js";
import { exportRoute } from "./api/export/export-route.js";
import { listResultsRoute, postResultsRoute, type ApiOptions } from "./api/routes.js";
import { decideRoute } from "./decide/decide-route.js";
import { driftRoute } from "./drift/drift-route.js";
import { eventsRoute } from "./events/events-route.js";

export interface ServiceOptions extends Omit<ServersOptions, "settings" | "routes" | "title">, ApiOptions {
  readonly settings: ServersOptions["settings"] & ApiOptions["settings"];
}

const TITLE = {
  title: "AI Model Service: results",
  description: "What was predicted: kept, found again, exported, and turned into decisions.",
};

/** The service over a store. */
export function createResultsService(options: ServiceOptions): Servers {
  return createServers({ ...options, routes: createRoutes(options), title: TITLE });
}

/** Every route of the service but its description. Those that carry most requests come first. */
export function createRoutes(
  options: Pick<ServiceOptions, keyof ApiOptions | "lifecycle" | "registry">,
): Route[] {
  const { store, lifecycle, registry } = options;
  return [
    postResultsRoute(options),
    eventsRoute(options),
    decideRoute(options),
    listResultsRoute(options),
    exportRoute(options),
    deleteRoute(options),
    driftRoute(options),
    ...healthRoutes(lifecycle, () => store.whyNotReady(), "storage_unavailable"),
    metricsRoute(registry),
  ];
}
