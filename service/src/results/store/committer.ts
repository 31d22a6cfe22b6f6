import { setTimeout as delay } from "node:timers/promises";
import { ServiceError } from "../../server/errors.js";
import type { Database } from "./database.js";
import { unavailable } from "./unavailable.js";
import { writeBatch } from "./write-batch.js";
import type { Batch } from "./stored-result.js";

/** Rows from which a commit takes no further batch. */
const COMMIT_ROWS = 5000;

/** Rows that wait for a commit at most; past them a batch is refused at once. */
const MOST_WAITING = 50_000;

/** PostgreSQL's codes of transactions that only have to be tried again: deadlocks and lost races. */
const TRY_AGAIN = new Set(["40P01", "40001"]);
const TRIES = 3;

interface Waiting {
  readonly batch: Batch;
  readonly rows: number;
  readonly resolve: (stored: number) => void;
  readonly reject: (reason: Error) => void;
}

export interface CommitterOptions {
  readonly database: Database;
  readonly now: () => number;
  /** Told of each commit. */
  readonly onCommit?: (milliseconds: number) => void;
}

/**
 * Group commit: batches that come while one commit runs go into the next one together, so that what a disk can do a
 * second bounds the commits and not the requests. A batch is acknowledged when its commit is on the disk.
 */
export class Committer {
  private queue: Waiting[] = [];
  private queuedRows = 0;
  private running: Promise<void> | undefined;

  constructor(private readonly options: CommitterOptions) {}

  /** Rows that wait for a commit. */
  get waiting(): number {
    return this.queuedRows;
  }

  /**
   * Resolves, once all of it is durable, with the number of results that were not there yet. Rejects with queue_full and
   * storage_unavailable.
   */
  add(batch: Batch): Promise<number> {
    const rows = batch.results.length + batch.exchanges.length;
    if (this.queuedRows > 0 && this.queuedRows + rows > MOST_WAITING) {
      return Promise.reject(
        new ServiceError("queue_full", `${this.queuedRows} results wait to be written already: try again.`),
      );
    }
    this.queuedRows += rows;
    return new Promise((resolve, reject) => {
      this.queue.push({ batch, rows, resolve, reject });
      this.running ??= this.commitAll();
    });
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    await this.running;
  }

  private async commitAll(): Promise<void> {
    while (this.queue.length > 0) {
      await this.commit(this.take());
    }
    this.running = undefined;
  }

  private take(): Waiting[] {
    let rows = 0;
    const until = this.queue.findIndex((waiting) => (rows += waiting.rows) >= COMMIT_ROWS);
    const taken = until < 0 ? this.queue : this.queue.slice(0, until + 1);
    this.queue = until < 0 ? [] : this.queue.slice(until + 1);
    return taken;
  }

  private async commit(taken: readonly Waiting[]): Promise<void> {
    const started = performance.now();
    const rows = taken.reduce((sum, waiting) => sum + waiting.rows, 0);
    try {
      const stored = await this.write(together(taken), TRIES);
      this.options.onCommit?.(performance.now() - started);
      for (const { batch, resolve } of taken) {
        // An id that two batches have counts for the first of them.
        resolve(batch.results.filter(({ id }) => stored.delete(id)).length);
      }
    } catch (error) {
      taken.forEach(({ reject }) => reject(unavailable(error)));
    } finally {
      this.queuedRows -= rows;
    }
  }

  private async write(batch: Batch, tries: number): Promise<Set<string>> {
    const { database, now } = this.options;
    try {
      return await database.writer.transaction().execute(async (tx) => {
        await database.makeDurable?.(tx);
        return writeBatch(tx, database.engine, batch, now());
      });
    } catch (error) {
      const { code } = error as { readonly code?: unknown };
      if (tries <= 1 || typeof code !== "string" || !TRY_AGAIN.has(code)) {
        throw error;
      }
      await delay(Math.random() * 20);
      return this.write(batch, tries - 1);
    }
  }
}

/** One row an id, the first that came. */
function together(taken: readonly Waiting[]): Batch {
  return {
    results: taken.flatMap(({ batch }) => batch.results),
    exchanges: taken.flatMap(({ batch }) => batch.exchanges),
  };
}
