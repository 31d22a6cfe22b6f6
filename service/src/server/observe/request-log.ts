import type { Logger } from "pino";
import type { ServedCall } from "./served-call.js";

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

  end(call: ServedCall): void {
    const { status } = call;
    if (status === 500) {
      this.log.error({ ...describe(call), err: call.error?.cause }, "request failed");
    } else if (status > 500) {
      this.refused(call, status);
    } else if (this.log.isLevelEnabled("debug")) {
      this.log.debug(describe(call), "request");
    }
  }

  /** Under overload most requests are refused: to log each would take what is left for the others. */
  private refused(call: ServedCall, status: number): void {
    const now = this.now();
    const refusals = this.refusals.get(status) ?? { loggedAt: -Infinity, unlogged: 0 };
    this.refusals.set(status, refusals);
    if (now - refusals.loggedAt < REFUSALS_PER_LINE_MS) {
      refusals.unlogged += 1;
      return;
    }
    const { unlogged } = refusals;
    this.log.warn({ ...describe(call), ...(unlogged > 0 && { unlogged }) }, "request refused");
    refusals.loggedAt = now;
    refusals.unlogged = 0;
  }
}

/** The fields of a log line about a call. Durations in seconds. */
function describe({ id, parent, method, route, status, started, error, notes = [] }: ServedCall): object {
  return {
    requestId: id,
    traceId: parent?.traceId,
    method,
    route,
    status,
    durationSeconds: (performance.now() - started) / 1000,
    ...Object.fromEntries(notes),
    ...(error && { reason: error.message }),
  };
}
