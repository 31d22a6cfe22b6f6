import { LATENCY_BUCKETS_SECONDS, METRICS } from "@ai-model-service/contract";
import { Gauge, Histogram, type Registry } from "prom-client";
import type { Exchange } from "./exchange.js";

type Observer = Histogram.Internal<string>;

/** Counts requests while they run and measures them when they end, in `registry`. */
export class HttpMetrics {
  #inFlight = 0;
  readonly #durations: Histogram;
  /** One per series, so that a request does not look its labels up again. */
  readonly #observers = new Map<string, Observer>();

  constructor(registry: Registry) {
    this.#durations = new Histogram({
      name: METRICS.httpRequestDuration,
      help: "Seconds from a request's first byte to its response's last, by route template and status code.",
      labelNames: ["method", "route", "code"],
      buckets: [...LATENCY_BUCKETS_SECONDS],
      registers: [registry],
    });
    const gauge: Gauge = new Gauge({
      name: METRICS.httpRequestsInFlight,
      help: "HTTP requests that have begun and not ended.",
      registers: [registry],
      collect: () => gauge.set(this.#inFlight),
    });
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  begin(): void {
    this.#inFlight += 1;
  }

  /** To be called once for each `begin`, when the response is closed. */
  end(exchange: Exchange): void {
    this.#inFlight -= 1;
    this.#observer(exchange).observe((performance.now() - exchange.started) / 1000);
  }

  #observer({ method, route, response, abandoned }: Exchange): Observer {
    const code = abandoned ? 499 : response.statusCode;
    const series = `${knownMethod(method)} ${code} ${route}`;
    let observer = this.#observers.get(series);
    if (observer === undefined) {
      observer = this.#durations.labels({ method: knownMethod(method), route, code: String(code) });
      this.#observers.set(series, observer);
    }
    return observer;
  }
}

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** A method that a client made up must not make a series. */
const knownMethod = (method: string): string => (METHODS.has(method) ? method : "other");
