import { Worker } from "node:worker_threads";

/** What a statement gave. */
export interface StatementResult {
  readonly rows: unknown[];
  readonly changes: number;
}

interface Answer {
  readonly id: number;
  readonly rows: unknown[];
  readonly changes: number;
  readonly error?: { readonly message: string; readonly code?: string };
}

interface Waiting {
  readonly resolve: (result: StatementResult) => void;
  readonly reject: (reason: Error) => void;
}

/** What SQLite refused, with its code, as `SQLITE_FULL`. */
export class SqliteError extends Error {
  override readonly name = "SqliteError";

  constructor(
    message: string,
    readonly code: string | undefined,
  ) {
    super(message);
  }
}

const SCRIPT = new URL("./sqlite-worker.js", import.meta.url);

/**
 * A connection to an SQLite file on a thread of its own, since SQLite answers only when it is done: a query over a million
 * rows must not hold the event loop. A thread that fails ends the process, as what is thrown and not caught does.
 */
export class SqliteThread {
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  private constructor(private readonly worker: Worker) {
    worker.on("message", (answer: Answer) => this.settle(answer));
  }

  /** Opens a file, which is made when there is none. Rejects when it cannot be opened or is no database. */
  static async open(file: string, pragmas: readonly string[]): Promise<SqliteThread> {
    const worker = new Worker(SCRIPT, { workerData: { file, pragmas } });
    await new Promise<void>((resolve, reject) => {
      worker.once("error", reject);
      worker.once("message", () => {
        worker.off("error", reject);
        resolve();
      });
    });
    return new SqliteThread(worker);
  }

  run(sql: string, parameters: readonly unknown[]): Promise<StatementResult> {
    const id = (this.lastId += 1);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, sql, parameters });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.worker.once("exit", () => resolve());
      this.worker.postMessage({ close: true });
    });
  }

  private settle({ id, rows, changes, error }: Answer): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (error === undefined) {
      waiting?.resolve({ rows, changes });
    } else {
      waiting?.reject(new SqliteError(error.message, error.code));
    }
  }
}
