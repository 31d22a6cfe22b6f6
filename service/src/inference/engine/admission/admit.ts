import { ServiceError } from "../../../server/errors.js";

/** The line of one model version at the moment that a request arrives. */
export interface Load {
  readonly queuedRows: number;
  readonly runningRows: number;
  /** Rows that may wait; a request that would wait alone may have more. */
  readonly queueLimitRows: number;
  /** Estimate of the time until the rows that wait and run now are done. */
  readonly waitMilliseconds: number;
}

/** Throws queue_full, deadline_exceeded or deadline_unreachable for a request that must not be queued. */
export function admit(rows: number, load: Load, deadline: number | undefined, now: number): void {
  if (load.queuedRows > 0 && load.queuedRows + rows > load.queueLimitRows) {
    throw new ServiceError(
      "queue_full",
      `The queue is full: ${load.queuedRows} of ${load.queueLimitRows} rows are waiting.`,
      { retryAfterSeconds: retryAfterSeconds(load.waitMilliseconds) },
    );
  }
  if (deadline === undefined) {
    return;
  }
  const left = deadline - now;
  if (left <= 0) {
    throw new ServiceError("deadline_exceeded", "The deadline had passed when the request arrived.");
  }
  if (load.waitMilliseconds > left) {
    throw new ServiceError(
      "deadline_unreachable",
      `The deadline is in ${Math.round(left)} ms, and the requests before this one need about ${Math.round(load.waitMilliseconds)} ms.`,
      { retryAfterSeconds: retryAfterSeconds(load.waitMilliseconds - left) },
    );
  }
}

function retryAfterSeconds(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1000));
}
