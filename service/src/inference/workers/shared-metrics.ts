import { AggregatorRegistry } from "prom-client";
import type { Siblings } from "./siblings.js";

/** All workers' metrics as one text: each metric says how its values are put together, by default by their sum. */
export async function sharedMetrics(siblings: Siblings): Promise<string> {
  const perWorker = (await siblings.ask("metrics", undefined)) as object[];
  return AggregatorRegistry.aggregate(perWorker).metrics();
}
