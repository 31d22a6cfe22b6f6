/** Whether the process is on its way out, for everybody who must know. */
export class Lifecycle {
  #draining = false;

  /** True from the first signal to stop. Requests are still served, but not ready any more. */
  get draining(): boolean {
    return this.#draining;
  }

  drain(): void {
    this.#draining = true;
  }
}
