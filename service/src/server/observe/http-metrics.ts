import { METRICS } from "@ai-model-service/contract/metrics";
import { Gauge, type Registry } from "prom-client";
import { BucketCounts } from "./bucket-counts.js";
import { BucketHistogram, type HistogramSeries } from "./bucket-histogram.js";
import type { Exchange } from "../http/exchange.js";

/** Seconds: from half a millisecond, a prediction on an idle server, to the longest deadline that makes sense. */
const DURATION_BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What nginx made the code of requests whose client went away before the answer. */
const CLIENT_CLOSED_REQUEST = 499;

/** Counts requests while they run and measures them when they end, in `registry`. */
export class HttpMetrics {
  private inFlight = 0;
  /** By route, status code and method: looked up without making a key of them. */
  private readonly series = new Map<string, Map<number, Map<string, HistogramSeries>>>();

  constructor(registry: Registry) {
    registry.registerMetric(
      new BucketHistogram({
        name: METRICS.httpRequestDuration,
        help: "Seconds from a request's first byte to its response's last, by route template and status code.",
        labelNames: ["method", "route", "code"],
        bounds: DURATION_BOUNDS,
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
  }

  begin(): void {
    this.inFlight += 1;
  }

  /** To be called once for each `begin`, when the response is closed. */
  end(exchange: Exchange): void {
    this.inFlight -= 1;
    this.countsOf(exchange).observe((performance.now() - exchange.started) / 1000);
  }

  private countsOf({ method: given, route, response, aborted }: Exchange): BucketCounts {
    const method = knownMethod(given);
    const code = aborted ? CLIENT_CLOSED_REQUEST : response.statusCode;
    const methods = inner(inner(this.series, route), code);
    let series = methods.get(method);
    if (series === undefined) {
      series = {
        labels: { method, route, code: String(code) },
        counts: new BucketCounts(DURATION_BOUNDS),
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
