import {
  CompiledQuery,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from "kysely";
import { Gate } from "../../../server/gate.js";
import type { SqliteThread } from "./sqlite-thread.js";

/** Kysely's SQLite, over a connection that lives on a thread. */
export function sqliteDialect(thread: SqliteThread): Dialect {
  return {
    createAdapter: () => new TransactionalAdapter(),
    createDriver: () => new ThreadDriver(thread),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** SQLite undoes what a transaction did to the schema: a migration that is cut off leaves nothing behind. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class ThreadConnection implements DatabaseConnection {
  /** Ends the turn that this connection is in. */
  release: () => void = () => undefined;

  constructor(private readonly thread: SqliteThread) {}

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, changes } = await this.thread.run(sql, parameters);
    return { rows: rows as R[], numAffectedRows: BigInt(changes) };
  }

  streamQuery(): never {
    throw new Error("Rows are read page by page.");
  }
}

/** One connection, for one after the other. */
class ThreadDriver implements Driver {
  private readonly gate = new Gate(1);

  constructor(private readonly thread: SqliteThread) {}

  init(): Promise<void> {
    return Promise.resolve();
  }

  acquireConnection(): Promise<ThreadConnection> {
    return new Promise((resolve) => {
      void this.gate.run(() => {
        const connection = new ThreadConnection(this.thread);
        const released = new Promise<void>((release) => (connection.release = release));
        resolve(connection);
        return released;
      });
    });
  }

  async beginTransaction(connection: ThreadConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }

  async commitTransaction(connection: ThreadConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("commit"));
  }

  /** SQLite has rolled back by itself after some faults, as when the disk is full. */
  async rollbackTransaction(connection: ThreadConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("rollback")).catch(() => undefined);
  }

  releaseConnection(connection: ThreadConnection): Promise<void> {
    connection.release();
    return Promise.resolve();
  }

  destroy(): Promise<void> {
    return this.thread.close();
  }
}
