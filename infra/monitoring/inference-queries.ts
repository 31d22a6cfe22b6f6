import { METRICS } from "@ai-model-service/contract/metrics";

import { requests } from "./queries.js";

/**
 * Prediction requests that a pod has taken and not answered, averaged over `window`, summed by the labels of `by`.
 *
 * Two estimates, the larger counts. By Little's law the mean number is the time spent in requests per second, which
 * is exact however short they are, and has what waits for the event loop or is being decoded; but it sees a request
 * only once it ended. The sampled gauge of what waits or runs in the engine sees requests that hang, and exists
 * before the first one.
 *
 * A pod that is scraped through several Services counts once.
 */
export function concurrency(matchers: string, by: string, window: string): string {
  const durations = requests("sum", matchers);
  const pending = `${METRICS.inferenceRequestsPending}{${matchers}}`;
  const ended = `sum by (${by}) (${once(`rate(${durations}[${window}])`)})`;
  const sampled = `sum by (${by}) (${once(`avg_over_time(${pending}[${window}])`)})`;
  return `(${ended} > ${sampled}) or ${sampled}`;
}

/** Labels of the way by which a pod is scraped: two Services of the same pods give each of its series twice. */
const OF_SCRAPE = ["job", "service", "endpoint", "instance", "container"];

/** Each series of a pod once, by however many ways it is scraped. */
function once(series: string): string {
  return `max without (${OF_SCRAPE.join(", ")}) (${series})`;
}

/** Windows, distance and number of predictions from which a drift is worth a person's time. */
export const DRIFT = { window: "1h", reference: "1d", distance: 0.2, predictions: 200 } as const;

/**
 * Kolmogorov-Smirnov distance, 0 to 1, by model version, between the confidence of the last `window` and that of
 * the `reference` before it: the largest gap between the two cumulative distributions, bucket by bucket.
 */
export function confidenceDrift(matchers: string, window: string, reference: string): string {
  const share = (range: string) => {
    const buckets = `sum by (model, version, le) (rate(${METRICS.predictionConfidence}_bucket{${matchers}}${range}))`;
    const all = `sum by (model, version) (rate(${METRICS.predictionConfidence}_count{${matchers}}${range}))`;
    return `${buckets} / on (model, version) group_left () ${all}`;
  };
  return `max by (model, version) (abs(${share(`[${window}]`)} - ${share(`[${reference}] offset ${window}`)}))`;
}

/** Smallest share of a class in the index below, so that a class that never occurred does not make it infinite. */
const SMALLEST_SHARE = 0.0001;

/**
 * Population stability index of the predicted classes, by model version, between the last `window` and the
 * `reference` before it: sum of (p - q) ln(p / q). By custom, below 0.1 is steady and above 0.25 has shifted.
 */
export function classDrift(matchers: string, window: string, reference: string): string {
  const share = (range: string) => {
    const each = `sum by (model, version, label) (rate(${METRICS.predictions}{${matchers}}${range}))`;
    const all = `sum by (model, version) (rate(${METRICS.predictions}{${matchers}}${range}))`;
    return `clamp_min(${each} / on (model, version) group_left () ${all}, ${SMALLEST_SHARE})`;
  };
  const now = share(`[${window}]`);
  const before = share(`[${reference}] offset ${window}`);
  return `sum by (model, version) ((${now} - ${before}) * ln(${now} / ${before}))`;
}
