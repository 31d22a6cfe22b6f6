import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "../../server/observe/logger.js";
import { EventQueue } from "./event-queue.js";
import { postEvents, type EventTarget, type Sent } from "./post-events.js";
import { eventsOf, type EventSource, type Prediction } from "./prediction-event.js";

/** Predictions that go together at most, and how long the first of them waits for others. */
const MOST_TOGETHER = 200;
const GATHER_MS = 200;

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** How long a process that ends goes on telling. */
const LAST_MS = 3000;

/** What happened to predictions that were to be told: `dropped` found the queue full, or the process ended. */
export interface EventCounts {
  sent: number;
  dropped: number;
  refused: number;
}

/** Tells of predictions in the background, in order; keeps trying while nobody takes them. */
export class EventSender {
  readonly counts: EventCounts = { sent: 0, dropped: 0, refused: 0 };
  private readonly queue = new EventQueue();
  private readonly stopping = new AbortController();
  private readonly ended = new AbortController();
  private running: Promise<void> | undefined;
  private isDown = false;
  private inHand = 0;

  constructor(
    private readonly target: EventTarget,
    private readonly source: EventSource,
    private readonly log: Logger,
  ) {}

  /** Predictions that have not been told yet. */
  get waiting(): number {
    return this.queue.length + this.inHand;
  }

  /** Takes a prediction to be told; costs its caller no more than a place in a queue. */
  offer(prediction: Prediction): void {
    if (this.stopping.signal.aborted || !this.queue.offer(prediction)) {
      this.counts.dropped += 1;
      return;
    }
    this.running ??= this.run().finally(() => (this.running = undefined));
  }

  /** Tells what waits, for a few seconds and without a pause; the rest is dropped. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const end = setTimeout(() => this.ended.abort(), LAST_MS);
    await this.running;
    while (this.queue.length > 0 && !this.isDown && !this.ended.signal.aborted) {
      await this.tell(this.queue.take(MOST_TOGETHER));
    }
    clearTimeout(end);
    this.counts.dropped += this.queue.clear();
    if (this.counts.dropped > 0) {
      this.log.warn({ url: this.target.url, ...this.counts }, "events of predictions were dropped");
    }
  }

  private async run(): Promise<void> {
    await this.pause(GATHER_MS);
    while (this.queue.length > 0 && !this.stopping.signal.aborted) {
      await this.tell(this.queue.take(MOST_TOGETHER));
    }
  }

  private async tell(predictions: readonly Prediction[]): Promise<void> {
    this.inHand = predictions.length;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, 2 * pause)) {
      const sent = await postEvents(
        this.target,
        predictions.flatMap((prediction) => eventsOf(prediction, this.source)),
        this.ended.signal,
      );
      this.report(sent);
      if (sent.outcome !== "later" || this.stopping.signal.aborted) {
        this.counts[sent.outcome === "later" ? "dropped" : sent.outcome] += predictions.length;
        this.inHand = 0;
        return;
      }
      // Not all at once: other replicas wait for the same.
      await this.pause(pause * (0.5 + Math.random() / 2));
    }
  }

  /** Says once that it does not work, and once that it works again. */
  private report(sent: Sent): void {
    const { url } = this.target;
    if (sent.outcome === "sent") {
      if (this.isDown) {
        this.log.info({ url, ...this.counts }, "events of predictions are taken again");
      }
      this.isDown = false;
    } else if (!this.isDown) {
      this.isDown = true;
      this.log.warn(
        { url, reason: sent.reason, waiting: this.waiting },
        "events of predictions are not taken",
      );
    }
  }

  private async pause(milliseconds: number): Promise<void> {
    const { signal } = this.stopping;
    await delay(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
