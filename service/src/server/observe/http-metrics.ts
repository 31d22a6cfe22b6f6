import { LATENCY_BUCKETS_SECONDS, METRICS } from "@ai-model-service/contract/metrics";
import { Gauge, type Registry } from "prom-client";
import type { ByteBudget } from "../byte-budget.js";
import { BucketCounts } from "./bucket-counts.js";
import { BucketHistogram, type HistogramSeries } from "./bucket-histogram.js";
import type { ServedCall } from "./served-call.js";

/** Counts requests while they run and measures them when they end, in `registry`. */
export class HttpMetrics {
  private inFlight = 0;
  /** By route, status code and method: looked up without making a key of them. */
  private readonly series = new Map<string, Map<number, Map<string, HistogramSeries>>>();

  constructor(registry: Registry, budget: ByteBudget) {
    registry.registerMetric(
      new BucketHistogram({
        name: METRICS.httpRequestDuration,
        help: "Seconds from a request's first byte to its response's last, by route template and status code.",
        labelNames: ["method", "route", "code"],
        bounds: LATENCY_BUCKETS_SECONDS,
        series: () =>
          [...this.series.values()].flatMap((codes) =>
            [...codes.values()].flatMap((methods) => [...methods.values()]),
          ),
      }),
    );
    const gauge: Gauge = new Gauge({
      name: METRICS.httpRequestsInFlight,
      help: "HTTP requests that have begun and not ended.",
      registers: [registry],
      collect: () => gauge.set(this.inFlight),
    });
    const bytes: Gauge = new Gauge({
      name: METRICS.httpBytesInFlight,
      help: "Bytes that all requests together hold of bodies, tensors and answers.",
      registers: [registry],
      collect: () => bytes.set(budget.held),
    });
  }

  begin(): void {
    this.inFlight += 1;
  }

  /** To be called once for each `begin`, when the response is closed. */
  end(call: ServedCall): void {
    this.inFlight -= 1;
    this.countsOf(call).observe((performance.now() - call.started) / 1000);
  }

  private countsOf({ method: given, route, status }: ServedCall): BucketCounts {
    const method = knownMethod(given);
    const methods = inner(inner(this.series, route), status);
    let series = methods.get(method);
    if (series === undefined) {
      series = {
        labels: { method, route, code: String(status) },
        counts: new BucketCounts(LATENCY_BUCKETS_SECONDS),
      };
      methods.set(method, series);
    }
    return series.counts;
  }
}

/** The map at `key`, made when there is none. */
function inner<K, L, V>(map: Map<K, Map<L, V>>, key: K): Map<L, V> {
  let found = map.get(key);
  if (found === undefined) {
    map.set(key, (found = new Map<L, V>()));
  }
  return found;
}

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** A method that a client made up must not make a series. */
function knownMethod(method: string): string {
  return METHODS.has(method) ? method : "other";
}
