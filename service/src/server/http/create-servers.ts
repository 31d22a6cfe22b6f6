import type { Server } from "node:http";
import type { Logger } from "pino";
import { collectDefaultMetrics, Gauge, type Registry } from "prom-client";
import { describeKeys } from "../access/key-metrics.js";
import type { Keys } from "../access/keys.js";
import { isLoopback } from "../access/loopback.js";
import { ByteBudget } from "../byte-budget.js";
import type { Lifecycle } from "../life/lifecycle.js";
import { memoryLimitBytes } from "../memory-limit.js";
import { HttpMetrics } from "../observe/http-metrics.js";
import { describeLog } from "../observe/log.js";
import type { LogOutput } from "../observe/log-output.js";
import { RequestLog } from "../observe/request-log.js";
import type { Tracing } from "../observe/tracing.js";
import type { ServerSettings } from "../settings/server-settings.js";
import { SERVICE } from "../version.js";
import { openAccess, type Reach } from "./access.js";
import { docsPages, openapiRoute } from "./docs.js";
import { Door } from "./door.js";
import type { ApiTitle } from "./openapi.js";
import { byPort } from "./ports.js";
import type { Route } from "./route.js";
import { createHttpServer } from "./server.js";

export interface ServersOptions {
  readonly settings: Pick<
    ServerSettings,
    "adminPort" | "bodyTimeoutSeconds" | "corsOrigins" | "host" | "maxBytesInFlight" | "requestTimeoutSeconds"
  >;
  /** Every route but the API's own description. Those that carry most requests come first. */
  readonly routes: readonly Route[];
  readonly title: ApiTitle;
  /** Absolute path of the folder whose files callers see at `/`; absent where there is none. */
  readonly folder?: string;
  /** Processes that share the memory. */
  readonly processes?: number;
  readonly registry: Registry;
  readonly lifecycle: Lifecycle;
  readonly log: Logger;
  /** Where the log goes. */
  readonly logOutput: Pick<LogOutput, "dropped">;
  readonly keys: Keys;
  readonly tracing?: Tracing | undefined;
}

/** The HTTP servers of a service; they do not listen yet. */
export interface Servers {
  readonly server: Server;
  /** Administrators' own, where the settings have a port for them. */
  readonly administration: Server | undefined;
}

/** The servers over a service's routes, with its metrics, log, traces, keys and description. */
export function createServers(options: ServersOptions): Servers {
  const { settings, routes, title, folder, registry, lifecycle, log, tracing, keys } = options;
  describeProcess(registry);
  describeLog(options.logOutput, registry);
  describeKeys(keys.ring, registry);
  const budget = budgetOf(settings, options.processes ?? 1);
  const metrics = new HttpMetrics(registry, budget);
  const requestLog = new RequestLog(log);
  const onLoopback = isLoopback(settings.host);
  const serverOf = (served: readonly Route[], reach: Reach, files?: string): Server =>
    createHttpServer({
      routes: [...served, openapiRoute(served, openAccess(keys, reach), title)],
      pages: { files: docsPages(), ...(files !== undefined && { folder: files }) },
      door: new Door({ keys, reach, onLoopback, corsOrigins: settings.corsOrigins }),
      metrics,
      budget,
      lifecycle,
      log: requestLog,
      tracing,
      bodyTimeoutSeconds: settings.bodyTimeoutSeconds,
      requestTimeoutSeconds: settings.requestTimeoutSeconds,
    });
  if (settings.adminPort === undefined) {
    const reach = onLoopback ? "this-machine" : "anybody";
    return { server: serverOf(routes, reach, folder), administration: undefined };
  }
  const { callers, administrators } = byPort(routes);
  return {
    server: serverOf(callers, "anybody", folder),
    administration: serverOf(administrators, "administrators"),
  };
}

/** Of the memory. What is let go stays for a while until it is collected, and the service's own work runs beside. */
const SHARE_OF_MEMORY = 1 / 8;

function budgetOf(
  { maxBytesInFlight }: Pick<ServerSettings, "maxBytesInFlight">,
  processes: number,
): ByteBudget {
  const memory = Math.floor(memoryLimitBytes() / processes);
  return new ByteBudget(maxBytesInFlight ?? Math.floor(memory * SHARE_OF_MEMORY), memory);
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
