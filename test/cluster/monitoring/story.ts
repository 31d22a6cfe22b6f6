import { concurrency } from "#infra/monitoring/inference-queries.js";
import { latencyQuantile, ofAutoscaler, own, requestRate, type Watched } from "#infra/monitoring/queries.js";
import type { PrometheusClient } from "./prometheus.js";
import { timeline, type Interval } from "./timeline.js";

export interface Story {
  readonly prometheus: PrometheusClient;
  readonly watched: Watched;
  /** Requests per pod that the autoscaler aims at. */
  readonly target: number;
  readonly objectiveSeconds: number;
  readonly scrapeSeconds: number;
}

/** Seconds that are drawn before the load. */
export const BEFORE_SECONDS = 15;

/** The load, the signal, the replicas and the latency over the same seconds, until now. */
export async function story(
  { prometheus, watched, target, objectiveSeconds, scrapeSeconds }: Story,
  load: Interval,
): Promise<string> {
  const curve = async (name: string, query: string) => ({
    name,
    series: await prometheus.range(query, load.start - BEFORE_SECONDS, scrapeSeconds),
  });
  const autoscaler = (name: string) => `kube_horizontalpodautoscaler_${name}{${ofAutoscaler(watched)}}`;
  const window = `${4 * scrapeSeconds}s`;
  return timeline(
    [
      { title: "Predictions per second", curves: [await curve("all pods", requestRate(watched, window))] },
      {
        title: "Requests in each pod, the signal",
        curves: [await curve("each pod", concurrency(own(watched), "pod", window))],
        limit: { name: "target", value: target },
      },
      {
        title: "Replicas",
        curves: [
          await curve("desired", autoscaler("status_desired_replicas")),
          await curve("current", autoscaler("status_current_replicas")),
        ],
      },
      {
        title: "Latency, seconds",
        curves: [
          await curve("p99", latencyQuantile(watched, 0.99, window)),
          await curve("p50", latencyQuantile(watched, 0.5, window)),
        ],
        limit: { name: "objective", value: objectiveSeconds },
      },
    ],
    load,
  );
}
