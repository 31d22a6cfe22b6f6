import { METRICS } from "@ai-model-service/contract/metrics";

/** Labels by which one deployed service is found in Prometheus; a dashboard passes its variables instead of names. */
export interface Watched {
  readonly namespace: string;
  /** Name of its Service, which the ServiceMonitor makes the label `job`, of its Deployment and its autoscaler. */
  readonly job: string;
}

/** Routes that answer predictions, of every protocol; probes, scrapes and pages are no part of an objective. */
export const PREDICTION_ROUTES = ".*(predict|infer)";

/** Matchers of the service's own series, as `namespace="a",job="b"`, with further ones behind. */
export function own({ namespace, job }: Watched, ...further: string[]): string {
  return [`namespace="${namespace}"`, `job="${job}"`, ...further].join(",");
}

function pods({ namespace, job }: Watched) {
  return [`namespace="${namespace}"`, `pod=~"${job}-[a-z0-9]+-[a-z0-9]{5}"`];
}

/** Matchers of its containers' series of kube-state-metrics. */
export function ofContainers(watched: Watched, ...further: string[]): string {
  return [...pods(watched), 'container!=""', ...further].join(",");
}

/** Matchers of its pods' series of cAdvisor, each the sum of the pod's containers. */
export function ofPods(watched: Watched): string {
  return [...pods(watched), 'container=""'].join(",");
}

/** Matchers of its autoscaler's series of kube-state-metrics. */
export function ofAutoscaler({ namespace, job }: Watched, ...further: string[]): string {
  return [`namespace="${namespace}"`, `horizontalpodautoscaler="${job}"`, ...further].join(",");
}

function predictions(watched: Watched, ...further: string[]) {
  return own(watched, `route=~"${PREDICTION_ROUTES}"`, ...further);
}

/** Predictions answered or refused, per second. */
export function requestRate(watched: Watched, window: string): string {
  return `sum(rate(${METRICS.httpRequestDuration}_count{${predictions(watched)}}[${window}]))`;
}

/** Share of prediction requests that the server failed or refused (5xx), 0 to 1; 0 where there were none. */
export function errorRatio(watched: Watched, window: string): string {
  const failed = `rate(${METRICS.httpRequestDuration}_count{${predictions(watched, 'code=~"5.."')}}[${window}])`;
  return `(sum(${failed}) or vector(0)) / ${requestRate(watched, window)}`;
}

/** Share of successful predictions that took longer than `seconds`, which must be an edge of a bucket, 0 to 1. */
export function slowRatio(watched: Watched, seconds: number, window: string): string {
  const successful = predictions(watched, 'code=~"2.."');
  const fast = `rate(${METRICS.httpRequestDuration}_bucket{${successful},${bucketEdge(seconds)}}[${window}])`;
  return `1 - sum(${fast}) / sum(rate(${METRICS.httpRequestDuration}_count{${successful}}[${window}]))`;
}

/** Quantile of the time that successful predictions took, seconds. */
export function latencyQuantile(watched: Watched, quantile: number, window: string): string {
  const buckets = `${METRICS.httpRequestDuration}_bucket{${predictions(watched, 'code=~"2.."')}}`;
  return `histogram_quantile(${quantile}, sum by (le) (rate(${buckets}[${window}])))`;
}

/** Matcher of a bucket; Prometheus 3 stores an integer edge as `1.0`, Prometheus 2 as it was exposed. */
export function bucketEdge(edge: number): string {
  return Number.isInteger(edge) ? `le=~"${edge}|${edge}.0"` : `le="${edge}"`;
}

/**
 * Prediction requests that a pod has taken and not answered, averaged over `window`, summed by the labels of `by`.
 *
 * Two estimates, the larger counts. By Little's law the mean number is the time spent in requests per second, which
 * is exact however short they are, and has what waits for the event loop or is being decoded; but it sees a request
 * only once it ended. The sampled gauge of what waits or runs in the engine sees requests that hang, and exists
 * before the first one.
 */
export function concurrency(matchers: string, by: string, window: string): string {
  const durations = `${METRICS.httpRequestDuration}_sum{${matchers},route=~"${PREDICTION_ROUTES}"}`;
  const ended = `sum by (${by}) (rate(${durations}[${window}]))`;
  const sampled = `sum by (${by}) (avg_over_time(${METRICS.inferenceRequestsPending}{${matchers}}[${window}]))`;
  return `(${ended} > ${sampled}) or ${sampled}`;
}

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
