import type { TraceParent } from "../call.js";

/** What metrics, log and traces see of a call that has ended, whatever carried it. */
export interface ServedCall {
  readonly id: string;
  readonly method: string;
  /** The name of the route: one of few. */
  readonly route: string;
  /** HTTP status; 499 when the caller went away. */
  readonly status: number;
  /** On the clock of `performance.now()`, milliseconds. */
  readonly started: number;
  readonly parent: TraceParent | undefined;
  /** What went wrong. */
  readonly error: Error | undefined;
  /** See `Call.note`. */
  readonly notes: readonly (readonly [name: string, value: string | number])[] | undefined;
  /** See `Call.span`. */
  readonly spans: readonly (readonly [name: string, startedAt: number, endedAt: number])[] | undefined;
}
