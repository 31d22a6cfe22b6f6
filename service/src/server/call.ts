/** Server: what every server is made of, whatever it serves. */

/** The span that a caller says its call belongs to (W3C trace context). */
export interface TraceParent {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
}

/**
 * What is needed to see that nobody waits for an answer any more. Read before work is begun, never listened to: an
 * AbortSignal costs each request more than all of its metrics.
 */
export interface Cancellation {
  readonly cancelled: boolean;
}

/**
 * One request on its way through the service, whatever carries it: HTTP, gRPC, a job or a test. Times are on the clock of
 * `performance.now()`, in milliseconds.
 */
export interface Call extends Cancellation {
  readonly id: string;
  readonly started: number;
  /** When the caller stops waiting. Reading it throws invalid_input when the caller gave a deadline that is not one. */
  readonly deadline: number;
  readonly parent: TraceParent | undefined;
  /** Calls `listener` once when the caller goes away before the answer is complete. For answers that stream. */
  onCancel(listener: () => void): void;
  /** Calls `listener` once the call is over: its answer is sent, or nobody is there to take it. One listener a call. */
  onOver(listener: () => void): void;
  /**
   * Counts bytes that the call holds until it is over, before they are allocated. Throws memory_full when all calls hold
   * too many, too_large when this one does.
   */
  hold(bytes: number): void;
  /** Adds a fact to the log line and the trace of this call. */
  note(name: string, value: string | number): void;
  /** Adds a part of the time that the call took to its trace. */
  span(name: string, startedAt: number, endedAt: number): void;
}
