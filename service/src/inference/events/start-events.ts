import { hostname } from "node:os";
import type { Registry } from "prom-client";
import type { Logger } from "../../server/observe/logger.js";
import { SERVICE } from "../../server/version.js";
import type { Tell } from "../protocols/infer.js";
import type { Settings } from "../settings.js";
import { describeEvents } from "./event-metrics.js";
import { EventSender } from "./event-sender.js";
import { tellPredictions } from "./tell-predictions.js";

/** What tells of predictions, and how it ends. */
export interface Events {
  readonly tell: Tell;
  /** Tells what still waits. */
  stop(): Promise<void>;
}

/** Tells of predictions as the settings say; undefined where they name nobody who is to know. */
export function startEvents(
  settings: Pick<
    Settings,
    "eventsUrl" | "eventsFormat" | "eventsApiKey" | "eventsNamespace" | "eventsSample" | "eventsPayloads"
  >,
  registry: Registry,
  log: Logger,
): Events | undefined {
  const { eventsUrl: url, eventsFormat: format, eventsApiKey: apiKey, eventsNamespace: namespace } = settings;
  if (url === undefined) {
    return undefined;
  }
  const source = { source: `/${SERVICE.name}/${hostname()}`, namespace };
  const sender = new EventSender({ url, format, apiKey }, source, log);
  describeEvents(registry, sender);
  const { eventsSample: sample, eventsPayloads: payloads } = settings;
  return { tell: tellPredictions({ sample, payloads }, sender), stop: () => sender.stop() };
}
