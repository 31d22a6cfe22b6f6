import { setTimeout as delay } from "node:timers/promises";
import { messageOf, ServiceError } from "../../../server/errors.js";
import type { Tensor } from "../../../tensors/tensor.js";
import type { DeclaredTensor, MortalSession, Session } from "./session.js";

const FIRST_WAIT_SECONDS = 1;
const LONGEST_WAIT_SECONDS = 30;

/** A session that lived for so long was no part of a series of deaths: it is replaced at once. */
const STEADY_SECONDS = 60;

/** So many sessions that were given up may still compute; with more, a graph that never comes back would take every CPU. */
const MOST_LEFT_BEHIND = 2;

/** Told of a session that ends and is opened anew. */
export interface RestartObserver {
  onDeath(reason: string): void;
  onRestart(): void;
}

/** Opens a session that is opened anew when it ends. Rejects with the reason when it cannot be opened at all. */
export async function openRestartingSession(
  open: () => Promise<MortalSession>,
  observer: RestartObserver,
): Promise<Session> {
  return new RestartingSession(await open(), open, observer);
}

class RestartingSession implements Session {
  readonly inputs: readonly DeclaredTensor[];
  readonly outputs: readonly DeclaredTensor[];
  readonly unservedOutputs: readonly string[];
  readonly threaded = true;
  failure: string | undefined;
  /** The session that runs go to; while there is none, the attempt to open the next. */
  private current: Promise<MortalSession>;
  private readonly released = new AbortController();
  private openedAt = performance.now();
  private waitSeconds = 0;
  private leftBehind = 0;

  constructor(
    first: MortalSession,
    private readonly open: () => Promise<MortalSession>,
    private readonly observer: RestartObserver,
  ) {
    this.inputs = first.inputs;
    this.outputs = first.outputs;
    this.unservedOutputs = first.unservedOutputs;
    this.current = Promise.resolve(first);
    this.watch(first);
  }

  /** While there is no session it waits for the next; see `Session.run`. */
  async run(inputs: readonly Tensor[]): Promise<Tensor[]> {
    return (await this.current).run(inputs);
  }

  async release(): Promise<void> {
    this.released.abort();
    const session = await this.current.catch(() => undefined);
    await session?.release();
  }

  private watch(session: MortalSession): void {
    void session.ended.then((reason) => {
      this.leftBehind += 1;
      void session.gone.then(() => (this.leftBehind -= 1));
      if (!this.released.signal.aborted) {
        this.reopen(reason);
      }
    });
  }

  private reopen(reason: string): void {
    const lived = (performance.now() - this.openedAt) / 1000;
    const wait = lived < STEADY_SECONDS ? this.waitSeconds : 0;
    this.waitSeconds = Math.min(LONGEST_WAIT_SECONDS, Math.max(FIRST_WAIT_SECONDS, 2 * wait));
    this.failure = reason;
    this.observer.onDeath(reason);
    this.current = this.openAfter(wait);
    this.current.then(
      (session) => this.opened(session),
      (error: unknown) => {
        if (!this.released.signal.aborted) {
          this.reopen(messageOf(error));
        }
      },
    );
  }

  private async openAfter(seconds: number): Promise<MortalSession> {
    try {
      await delay(seconds * 1000, undefined, { ref: false, signal: this.released.signal });
      if (this.leftBehind >= MOST_LEFT_BEHIND) {
        throw new Error(`${this.leftBehind} runs that were given up still compute.`);
      }
      return await this.open();
    } catch (cause) {
      throw new ServiceError("model_not_ready", messageOf(cause), { cause });
    }
  }

  private opened(session: MortalSession): void {
    this.failure = undefined;
    this.openedAt = performance.now();
    this.watch(session);
    this.observer.onRestart();
  }
}
