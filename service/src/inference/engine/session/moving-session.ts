import { messageOf } from "../../../server/errors.js";
import type { Tensor } from "../../../tensors/tensor.js";
import type { DeclaredTensor, Session } from "./session.js";

/** A run on the event loop's thread that takes longer is held against the model, the more the longer it took. */
const LONG_MILLISECONDS = 20;

/**
 * What is held against it until it moves: one run of 60 ms, or three of 20 with few others between. A process that the
 * system does not schedule for a moment looks the same, so that twenty short runs forgive one.
 */
const ENOUGH = 3;
const FORGIVEN_BY_SHORT_RUN = 0.05;

/** Told of a session that goes on elsewhere. */
export interface MoveObserver {
  onMove(milliseconds: number): void;
  onMoveFailed(reason: string): void;
}

/**
 * A session on the event loop's thread that goes on a thread of its own once its runs turn out to be long after all.
 */
export class MovingSession implements Session {
  readonly inputs: readonly DeclaredTensor[];
  readonly outputs: readonly DeclaredTensor[];
  readonly unservedOutputs: readonly string[];
  private held = 0;
  private moving: Promise<void> | undefined;

  constructor(
    private current: Session,
    private readonly open: () => Promise<Session>,
    private readonly observer: MoveObserver,
  ) {
    this.inputs = current.inputs;
    this.outputs = current.outputs;
    this.unservedOutputs = current.unservedOutputs;
  }

  get threaded(): boolean {
    return this.current.threaded;
  }

  get failure(): string | undefined {
    return this.current.failure;
  }

  /** A run here has ended when the call returns, so that none is under way when the session moves. */
  run(inputs: readonly Tensor[]): Promise<Tensor[]> {
    if (this.current.threaded) {
      return this.current.run(inputs);
    }
    const startedAt = performance.now();
    const outputs = this.current.run(inputs);
    this.judge(performance.now() - startedAt);
    return outputs;
  }

  async release(): Promise<void> {
    await this.moving;
    await this.current.release();
  }

  private judge(milliseconds: number): void {
    if (milliseconds <= LONG_MILLISECONDS) {
      this.held = Math.max(0, this.held - FORGIVEN_BY_SHORT_RUN);
      return;
    }
    this.held += milliseconds / LONG_MILLISECONDS;
    if (this.held >= ENOUGH && this.moving === undefined) {
      this.moving = this.move(milliseconds);
    }
  }

  private async move(milliseconds: number): Promise<void> {
    try {
      const here = this.current;
      this.current = await this.open();
      await here.release();
      this.observer.onMove(milliseconds);
    } catch (error) {
      this.observer.onMoveFailed(messageOf(error));
    }
  }
}
