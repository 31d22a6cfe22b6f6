import type { EngineOptions } from "./engine/create-engine.js";
import { memoryLimitBytes } from "../server/memory-limit.js";
import type { Settings } from "./settings.js";

/** Seconds that a replaced version still answers requests that had chosen it: long enough for those on their way. */
const RETIRE_SECONDS = 10;

/** Seconds that a run may go on once every request of it has been answered with 504. */
const OVERRUN_SECONDS = 10;

/** What the settings mean to the engine. */
export function engineOptions(settings: Settings): EngineOptions {
  return {
    repository: settings.modelRepository,
    cache: settings.modelCache,
    defaultModel: settings.defaultModel,
    control: "all",
    pollSeconds: settings.modelPollSeconds,
    threads: settings.intraOpThreads,
    provider: settings.executionProvider,
    processes: settings.workers,
    maxBatchSize: settings.maxBatchSize,
    maxBatchDelayMs: settings.maxBatchDelayMs,
    queueRows: settings.queueRows,
    queueSeconds: settings.queueSeconds,
    runLimitSeconds: settings.requestTimeoutSeconds + OVERRUN_SECONDS,
    runLimitBytes: settings.maxRunBytes ?? memoryLimitBytes() / 4 / settings.workers,
    retireSeconds: RETIRE_SECONDS,
  };
}
