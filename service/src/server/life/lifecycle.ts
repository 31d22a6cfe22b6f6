/** Life: how a server starts to listen, drains and stops. */

/** The part of the time until the end in which requests are answered; the rest is for releasing what they used. */
const ANSWERING = 0.8;

/** Whether the process is on its way out, for everybody who must know. */
export class Lifecycle {
  private isDraining = false;
  private end = Infinity;

  /** True from the first signal to stop. Requests are still served, but not ready any more. */
  get draining(): boolean {
    return this.isDraining;
  }

  /** By when everything must be answered, on the clock of `performance.now()`. */
  get answerBy(): number {
    return this.end;
  }

  /** `graceMs`: how long the process has until it ends. */
  drain(graceMs = Infinity): void {
    this.isDraining = true;
    this.end = performance.now() + graceMs * ANSWERING;
  }
}
