import type { Logger } from "pino";
import type { Exchange } from "./exchange.js";

/** Logs requests as they end: failures of ours as errors, everything else at debug, so that full speed costs nothing. */
export class RequestLog {
  constructor(readonly log: Logger) {}

  end(exchange: Exchange): void {
    const status = exchange.response.statusCode;
    if (status === 500)
      this.log.error({ ...describe(exchange), err: exchange.error?.cause }, "request failed");
    else if (status > 500) this.log.warn(describe(exchange), "request refused");
    else if (this.log.isLevelEnabled("debug")) this.log.debug(describe(exchange), "request");
  }
}

/** The fields of a log line about a request. Durations in seconds. */
function describe(exchange: Exchange): object {
  return {
    requestId: exchange.id,
    traceId: exchange.parent?.traceId,
    method: exchange.method,
    route: exchange.route,
    status: exchange.response.statusCode,
    durationSeconds: (performance.now() - exchange.started) / 1000,
    ...(exchange.error && { reason: exchange.error.message }),
    ...(exchange.aborted && { abandoned: true }),
  };
}
