import { setTimeout as delay } from "node:timers/promises";
import { sql } from "kysely";
import { messageOf, ServiceError } from "../../server/errors.js";
import type { Logger } from "../../server/observe/logger.js";
import { Committer, type CommitterOptions } from "./committer.js";
import { isPostgres, openDatabase, type Database } from "./database.js";
import { deleteByIds, deleteBySubject } from "./delete-results.js";
import type { Filters, Position } from "./filters.js";
import { findResults } from "./find-results.js";
import type { ResultRow } from "./read-rows.js";
import { letGo, type Cutoffs, type LetGo } from "./retention.js";
import { scanResults } from "./scan-results.js";
import type { Batch } from "./stored-result.js";
import { unavailable } from "./unavailable.js";

/** Milliseconds between two tries to reach the database at the start. */
const RETRY_MS = 1000;

export interface StoreOptions extends Omit<CommitterOptions, "database"> {
  readonly address: string;
  readonly log: Logger;
}

interface Opened {
  readonly database: Database;
  readonly committer: Committer;
}

/** Where results are kept. Whatever the database refuses, callers get storage_unavailable. */
export class Store {
  private opened: Opened | undefined;
  private isStopped = false;
  /** Why the database does not answer, as far as is known. */
  private fault: string | undefined = "The database is not open yet.";
  private probing: Promise<void> | undefined;

  constructor(private readonly options: StoreOptions) {}

  /** Opens the database. One on the network is waited for; a file that cannot be opened rejects at once. */
  async open(): Promise<void> {
    const { address, log } = this.options;
    while (!this.isStopped) {
      try {
        const database = await openDatabase(address);
        this.opened = { database, committer: new Committer({ ...this.options, database }) };
        this.fault = undefined;
        return;
      } catch (error) {
        if (!isPostgres(address)) {
          throw new Error(`RESULTS_DATABASE cannot be opened: ${messageOf(error)}.`, { cause: error });
        }
        this.fault = "The database cannot be reached.";
        log.warn({ reason: messageOf(error) }, "the database cannot be reached; trying again");
        await delay(RETRY_MS);
      }
    }
  }

  /** Why the service should not be asked, as a sentence. While it says so, each call looks whether it still holds. */
  whyNotReady(): string | undefined {
    if (this.fault !== undefined && this.opened !== undefined) {
      this.probe(this.opened.database);
    }
    return this.fault;
  }

  /** Rows that wait to be written. */
  get waiting(): number {
    return this.opened?.committer.waiting ?? 0;
  }

  /** Resolves, once all of it is durable, with the number of results that were not there yet. */
  add(batch: Batch): Promise<number> {
    return this.ask(({ committer }) => committer.add(batch));
  }

  /** The newest results that filters mean, behind a position if there is one, newest first. */
  find(
    filters: Filters,
    after: Position | undefined,
    limit: number,
    withPayloads = false,
  ): Promise<ResultRow[]> {
    return this.ask(({ database }) => findResults(database.reader, filters, after, limit, withPayloads));
  }

  /** All results that filters mean, newest first, read as they are taken. */
  async *scan(filters: Filters, withPayloads = false): AsyncGenerator<readonly ResultRow[]> {
    const steps = scanResults(this.current().database.reader, filters, withPayloads);
    for (;;) {
      const next = await this.ask(() => steps.next());
      if (next.done === true) {
        return;
      }
      yield next.value;
    }
  }

  /** Deletes what has one of these ids; gives the number of results. */
  deleteByIds(ids: readonly string[]): Promise<number> {
    return this.ask(({ database }) => deleteByIds(database, ids, this.options.now()));
  }

  /** Deletes what has a subject's key; gives the number of results. */
  deleteBySubject(subject: string): Promise<number> {
    return this.ask(({ database }) => deleteBySubject(database, subject, this.options.now()));
  }

  /** Deletes what is older than the cutoffs. */
  letGo(cutoffs: Cutoffs): Promise<LetGo> {
    return this.ask(({ database }) => letGo(database, cutoffs));
  }

  /** Writes what waits, and closes. */
  async close(): Promise<void> {
    this.isStopped = true;
    await this.opened?.committer.idle();
    await this.opened?.database.close();
    this.opened = undefined;
  }

  private current(): Opened {
    if (this.opened === undefined) {
      throw unavailable(new Error("The database is not open."));
    }
    return this.opened;
  }

  private async ask<T>(question: (opened: Opened) => Promise<T>): Promise<T> {
    const opened = this.current();
    try {
      return await question(opened);
    } catch (error) {
      if (error instanceof ServiceError && error.code !== "storage_unavailable") {
        throw error;
      }
      const { cause } = error instanceof ServiceError ? error : { cause: error };
      this.options.log.error({ reason: messageOf(cause) }, "the database failed");
      this.probe(opened.database);
      throw unavailable(cause);
    }
  }

  /** Whether the database answers at all: a fault of one request may be that request's alone. */
  private probe({ reader }: Database): void {
    this.probing ??= sql`select 1`
      .execute(reader)
      .then(
        () => (this.fault = undefined),
        () => (this.fault = "The database does not answer."),
      )
      .then(() => (this.probing = undefined));
  }
}
