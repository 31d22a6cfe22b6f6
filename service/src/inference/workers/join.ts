import type { Worker } from "node:cluster";
import type { Registry } from "prom-client";
import type { Logger } from "../../server/observe/logger.js";
import type { Engine, ModelReference } from "../engine/engine.js";
import type { ToWorker } from "./worker-messages.js";
import { Siblings } from "./siblings.js";

/** This worker among its siblings: `engine` and `registry` are its own; `stop` is aborted when it is to leave. */
export function joinSiblings(
  worker: Worker,
  engine: Engine,
  registry: Registry,
  stop: AbortController,
  log: Logger,
): Siblings {
  return new Siblings(
    {
      send: (message) => void worker.send(message),
      onMessage: (listener) => void worker.on("message", (message: ToWorker) => listener(message)),
    },
    {
      load: (name) => engine.load(String(name)),
      unload: (name) => engine.unload(String(name)),
      statistics: (reference) => engine.statistics(reference as Partial<ModelReference>),
      traffic: (name) => engine.traffic(String(name)),
      follows: (name) => engine.follows(String(name)),
      metrics: () => registry.getMetricsAsJSON(),
    },
    worker.id,
    () => stop.abort(),
    log,
  );
}
