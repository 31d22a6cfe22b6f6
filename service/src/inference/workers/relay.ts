import type { Ask, AskResult, ToWorker } from "./worker-messages.js";

interface Errand {
  readonly asker: number;
  readonly askerId: number;
  readonly missing: Set<number>;
  readonly outcomes: AskResult[];
}

/** Takes what one worker asks to all, and their answers back together. */
export class Relay {
  private readonly errands = new Map<number, Errand>();
  private lastId = 0;

  /** `send` does nothing for a worker that is gone. */
  constructor(readonly send: (worker: number, message: ToWorker) => void) {}

  ask(asker: number, { id: askerId, operation, argument }: Ask, workers: readonly number[]): void {
    const id = (this.lastId += 1);
    this.errands.set(id, { asker, askerId, missing: new Set(workers), outcomes: [] });
    for (const worker of workers) {
      this.send(worker, { kind: "ask", id, operation, argument });
    }
  }

  outcome(worker: number, id: number, outcome: AskResult): void {
    const errand = this.errands.get(id);
    if (errand?.missing.delete(worker) !== true) {
      return;
    }
    errand.outcomes.push(outcome);
    this.finish(id, errand);
  }

  /** Nobody waits for a worker that is gone. */
  gone(worker: number): void {
    for (const [id, errand] of this.errands) {
      if (errand.missing.delete(worker)) {
        this.finish(id, errand);
      }
    }
  }

  private finish(id: number, { asker, askerId, missing, outcomes }: Errand): void {
    if (missing.size > 0) {
      return;
    }
    this.errands.delete(id);
    this.send(asker, { kind: "outcomes", id: askerId, outcomes });
  }
}
