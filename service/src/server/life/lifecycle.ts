/** Life: how a server starts to listen, drains and stops. */

/** Whether the process is on its way out, for everybody who must know. */
export class Lifecycle {
  private isDraining = false;

  /** True from the first signal to stop. Requests are still served, but not ready any more. */
  get draining(): boolean {
    return this.isDraining;
  }

  drain(): void {
    this.isDraining = true;
  }
}
