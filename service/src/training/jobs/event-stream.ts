import { ServiceError } from "../../server/errors.js";
import type { Exchange } from "../../server/http/exchange.js";
import { hasEnded, type JobEvent } from "./job.js";
import type { Jobs } from "./jobs.js";

/** Streams at once: each holds a connection. */
const MOST_STREAMS = 64;

/** How often a stream says something though nothing happens, so that nobody takes the connection for dead. */
const HEARTBEAT_MS = 15_000;

/** What a client waits before it comes back. */
const RETRY = "retry: 2000\n\n";

/** The open streams of events. */
export class EventStreams {
  private readonly open = new Set<() => void>();

  constructor(
    private readonly jobs: Jobs,
    private readonly heartbeatMs = HEARTBEAT_MS,
  ) {}

  get count(): number {
    return this.open.size;
  }

  /**
   * A job's events after the number `after`, as server-sent events: those that were, and those to come until the job
   * ends or the client goes. Progress has no number, since it is not told again. Throws too_many_requests.
   */
  follow(exchange: Exchange, id: string, after: number): AsyncIterable<string> {
    if (this.open.size >= MOST_STREAMS) {
      throw new ServiceError(
        "too_many_requests",
        `There are ${MOST_STREAMS} streams of events already; ask again later.`,
        {
          retryAfterSeconds: 5,
        },
      );
    }
    const turn = new Turn();
    const close = (): void => {
      this.open.delete(close);
      turn.close();
    };
    this.open.add(close);
    exchange.response.once("close", close);
    return this.stream(id, after, turn);
  }

  /** Ends all streams, so that a server that stops need not wait for jobs. */
  close(): void {
    this.open.forEach((close) => close());
  }

  private async *stream(id: string, after: number, turn: Turn): AsyncGenerator<string> {
    const { table } = this.jobs;
    const unwatch = table.watch(id, () => turn.come());
    let sent = after;
    let told = "";
    try {
      yield RETRY;
      for (let job = table.get(id); job && !turn.isClosed; job = table.get(id)) {
        for (const event of job.events.slice(sent)) {
          yield textOf(event);
          sent = event.id;
        }
        if (hasEnded(job)) {
          return;
        }
        const progress = JSON.stringify(this.jobs.progressOf(id) ?? "");
        if (progress !== told && progress !== '""') {
          told = progress;
          yield `event: progress\ndata: ${progress}\n\n`;
        }
        if (!(await turn.next(this.heartbeatMs))) {
          yield ": still there\n\n";
        }
      }
    } finally {
      unwatch();
    }
  }
}

function textOf({ id, type, ...data }: JobEvent): string {
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Waits for something to happen, without missing what happens while nobody waits. */
class Turn {
  isClosed = false;
  private hasCome = false;
  private wake: (() => void) | undefined;

  come(): void {
    this.hasCome = true;
    this.wake?.();
  }

  close(): void {
    this.isClosed = true;
    this.come();
  }

  /** False when nothing came for so many milliseconds. */
  async next(milliseconds: number): Promise<boolean> {
    if (!this.hasCome) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const came = this.hasCome;
    this.hasCome = false;
    this.wake = undefined;
    return came;
  }
}
