import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { Kysely, sql } from "kysely";
import type { Database } from "../database.js";
import type { Tables } from "../schema.js";
import { sqliteDialect } from "./sqlite-dialect.js";
import { SqliteThread } from "./sqlite-thread.js";

/** Milliseconds that a connection waits for another process that writes. */
const BUSY = "busy_timeout = 5000";

/** Every commit is on the disk before it is acknowledged, and what is deleted is overwritten. */
const WRITING = ["journal_mode = wal", "synchronous = full", "secure_delete = on", "foreign_keys = on", BUSY];

const READING = ["query_only = on", BUSY];

/** Opens an SQLite file: one connection writes, and one reads beside it. The folder is made if it is missing. */
export async function openSqlite(file: string): Promise<Database> {
  await mkdir(dirname(file), { recursive: true });
  const writer = kyselyOver(await SqliteThread.open(file, WRITING));
  try {
    const reader = kyselyOver(await SqliteThread.open(file, READING));
    return {
      engine: "sqlite",
      writer,
      reader,
      async forget() {
        await sql`pragma wal_checkpoint(truncate)`.execute(writer);
      },
      async close() {
        await reader.destroy();
        await writer.destroy();
      },
    };
  } catch (error) {
    await writer.destroy();
    throw error;
  }
}

function kyselyOver(thread: SqliteThread): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: sqliteDialect(thread) });
}
