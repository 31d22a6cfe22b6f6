import { METRICS } from "@ai-model-service/contract/metrics";
import { OBJECTIVE_ROUTES } from "@ai-model-service/contract/objectives";

/** Labels by which one deployed service is found in Prometheus; a dashboard passes its variables instead of names. */
export interface Watched {
  readonly namespace: string;
  /** Name of its Service, which the ServiceMonitor makes the label `job`, of its Deployment and its autoscaler. */
  readonly job: string;
}

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

/** Matcher of a label that has one of these values, whatever characters they are of. */
export function oneOf(label: string, values: readonly string[]): string {
  // First RE2's special characters, then those of a PromQL string.
  const alternatives = values.map((value) => value.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|");
  return `${label}=~"${alternatives.replace(/[\\"]/g, "\\$&")}"`;
}

/** Series of the duration of the requests that count for objectives: their number, their seconds, or their buckets. */
export function requests(series: "count" | "sum" | "bucket", matchers: string, ...further: string[]): string {
  const all = [matchers, oneOf("route", OBJECTIVE_ROUTES), ...further].join(",");
  return `${METRICS.httpRequestDuration}_${series}{${all}}`;
}

/** Requests answered or refused, per second. */
export function requestRate(watched: Watched, window: string): string {
  return `sum(rate(${requests("count", own(watched))}[${window}]))`;
}

/** Share of requests that the server failed or refused (5xx), 0 to 1; 0 where there were none. */
export function errorRatio(watched: Watched, window: string): string {
  const failed = `rate(${requests("count", own(watched), 'code=~"5.."')}[${window}])`;
  return `(sum(${failed}) or vector(0)) / ${requestRate(watched, window)}`;
}

/** Share of successful requests that took longer than `seconds`, which must be an edge of a bucket, 0 to 1. */
export function slowRatio(watched: Watched, seconds: number, window: string): string {
  const successful = 'code=~"2.."';
  const fast = `rate(${requests("bucket", own(watched), successful, bucketEdge(seconds))}[${window}])`;
  return `1 - sum(${fast}) / sum(rate(${requests("count", own(watched), successful)}[${window}]))`;
}

/** Quantile of the time that successful requests took, seconds. */
export function latencyQuantile(watched: Watched, quantile: number, window: string): string {
  const buckets = requests("bucket", own(watched), 'code=~"2.."');
  return `histogram_quantile(${quantile}, sum by (le) (rate(${buckets}[${window}])))`;
}

/** Matcher of a bucket; Prometheus 3 stores an integer edge as `1.0`, Prometheus 2 as it was exposed. */
function bucketEdge(edge: number): string {
  return Number.isInteger(edge) ? `le=~"${edge}|${edge}.0"` : `le="${edge}"`;
}
