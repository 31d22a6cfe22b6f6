import type { Engine, ModelReference, ModelStatistics, VersionTraffic } from "../engine/engine.js";
import { sumTraffic } from "./sum-traffic.js";
import type { Siblings } from "./siblings.js";

/**
 * A worker's engine as callers of the server see it: what changes or counts models concerns every worker, and ready are
 * all or none. Each worker follows the model repository by itself.
 */
export function sharedEngine(engine: Engine, siblings: Siblings): Engine {
  const toAll = async (operation: "load" | "unload", name: string): Promise<void> => {
    await siblings.ask(operation, name);
  };
  return {
    start: () => engine.start(),
    whyNotReady: () =>
      engine.whyNotReady() ?? (siblings.allStarted ? undefined : "Not every worker has loaded its models."),
    resolve: (reference) => engine.resolve(reference),
    defaultModel: (routing) => engine.defaultModel(routing),
    traffic: async (name) => sumTraffic((await siblings.ask("traffic", name)) as VersionTraffic[][]),
    follows: async (name) => {
      const [first, ...others] = await siblings.ask("follows", name);
      return others.every((other) => other === first) ? (first as string | undefined) : undefined;
    },
    index: () => engine.index(),
    statistics: async (reference: Partial<ModelReference>) =>
      sumStatistics((await siblings.ask("statistics", reference)) as ModelStatistics[][]),
    load: (name) => toAll("load", name),
    unload: (name) => toAll("unload", name),
    stop: () => engine.stop(),
  };
}

type Duration = ModelStatistics["success"];
type Batch = ModelStatistics["batches"][number];

/** The figures of several engines over the same models, added up by version. */
export function sumStatistics(perEngine: readonly (readonly ModelStatistics[])[]): ModelStatistics[] {
  const sums = new Map<string, ModelStatistics>();
  for (const figures of perEngine.flat()) {
    const key = `${figures.name}/${figures.version}`;
    const sum = sums.get(key);
    sums.set(key, sum ? add(sum, figures) : figures);
  }
  return [...sums.values()];
}

function addDurations(a: Duration, b: Duration): Duration {
  return { count: a.count + b.count, ns: a.ns + b.ns };
}

function add(a: ModelStatistics, b: ModelStatistics): ModelStatistics {
  return {
    name: a.name,
    version: a.version,
    lastInferenceMilliseconds: Math.max(a.lastInferenceMilliseconds, b.lastInferenceMilliseconds),
    inferenceCount: a.inferenceCount + b.inferenceCount,
    executionCount: a.executionCount + b.executionCount,
    success: addDurations(a.success, b.success),
    fail: addDurations(a.fail, b.fail),
    queue: addDurations(a.queue, b.queue),
    computeInfer: addDurations(a.computeInfer, b.computeInfer),
    batches: addBatches([...a.batches, ...b.batches]),
  };
}

function addBatches(batches: readonly Batch[]): Batch[] {
  const sums = new Map<number, Batch>();
  for (const batch of batches) {
    const sum = sums.get(batch.batchSize);
    sums.set(batch.batchSize, sum ? { ...batch, ...addDurations(sum, batch) } : batch);
  }
  return [...sums.values()].sort((a, b) => a.batchSize - b.batchSize);
}
