import type { Logger } from "pino";
import type { Exchange } from "../http/exchange.js";

/** A flood of refusals has one line of each status in so many milliseconds. */
const REFUSALS_PER_LINE_MS = 1000;

interface Refusals {
  /** On the clock of `performance.now()`. */
  loggedAt: number;
  /** Since then. */
  unlogged: number;
}

/** Logs requests as they end: failures of ours as errors, everything else at debug, so that full speed costs nothing. */
export class RequestLog {
  private readonly refusals = new Map<number, Refusals>();

  constructor(
    readonly log: Logger,
    readonly now: () => number = () => performance.now(),
  ) {}

  end(exchange: Exchange): void {
    const status = exchange.response.statusCode;
    if (status === 500) {
      this.log.error({ ...describe(exchange), err: exchange.error?.cause }, "request failed");
    } else if (status > 500) {
      this.refused(exchange, status);
    } else if (this.log.isLevelEnabled("debug")) {
      this.log.debug(describe(exchange), "request");
    }
  }

  /** Under overload most requests are refused: to log each would take what is left for the others. */
  private refused(exchange: Exchange, status: number): void {
    const now = this.now();
    const refusals = this.refusals.get(status) ?? { loggedAt: -Infinity, unlogged: 0 };
    this.refusals.set(status, refusals);
    if (now - refusals.loggedAt < REFUSALS_PER_LINE_MS) {
      refusals.unlogged += 1;
      return;
    }
    const { unlogged } = refusals;
    this.log.warn({ ...describe(exchange), ...(unlogged > 0 && { unlogged }) }, "request refused");
    refusals.loggedAt = now;
    refusals.unlogged = 0;
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
