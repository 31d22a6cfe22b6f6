/** What tells how long a version would take for a request that came now. */
export interface Hurried {
  readonly estimate: { milliseconds(rows: number): number };
  readonly queuedRows: number;
  readonly runningRows: number;
}

/** Milliseconds that a timer of Node.js can be set to. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Milliseconds that another version may take for a request before the stable one is asked: half of what is left, so that
 * both get as much. Undefined where there is no hurry, or the stable one could not answer in the other half anyway.
 */
export function patience(deadline: number | undefined, stable: Hurried, now: number): number | undefined {
  if (deadline === undefined || deadline === Infinity) {
    return undefined;
  }
  const half = Math.min((deadline - now) / 2, LONGEST_TIMER);
  const { queuedRows, runningRows } = stable;
  return stable.estimate.milliseconds(queuedRows + runningRows + 1) > half ? undefined : Math.max(0, half);
}
