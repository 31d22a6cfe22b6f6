import { METRICS } from "@ai-model-service/contract";
import { Gauge, Histogram, type Registry } from "prom-client";
import type { Exchange } from "./exchange.js";

/** Seconds: from half a millisecond, a prediction on an idle server, to the longest deadline that makes sense. */
const DURATION_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

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
      buckets: DURATION_BUCKETS,
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
