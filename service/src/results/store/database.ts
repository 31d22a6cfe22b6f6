import { Migrator, type Kysely, type Migration, type Transaction } from "kysely";
import { migrationsFor } from "./migrations.js";
import type { Engine, Tables } from "./schema.js";

/** An open database. */
export interface Database {
  readonly engine: Engine;
  /** For what changes something: each statement or transaction is durable when it resolves. */
  readonly writer: Kysely<Tables>;
  /** For what only reads: it never waits for a commit. */
  readonly reader: Kysely<Tables>;
  /** Where commits may not wait for the disk by themselves: makes this one wait. */
  makeDurable?(tx: Transaction<Tables>): Promise<void>;
  /** Where what was deleted is left in a file beside the database until it is written over: empties that. */
  forget?(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the database at an address, `postgres://…` or the path of an SQLite file, and brings its schema up to date. */
export async function openDatabase(address: string): Promise<Database> {
  const database = isPostgres(address)
    ? (await import("./postgres.js")).openPostgres(address)
    : await (await import("./sqlite/open-sqlite.js")).openSqlite(address);
  try {
    await migrate(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

/** Whether an address is one of PostgreSQL. */
export function isPostgres(address: string): boolean {
  return /^postgres(ql)?:\/\//i.test(address);
}

/** Rejects when another version of the program has changed the schema further, or a migration fails. */
async function migrate({ writer, engine }: Database): Promise<void> {
  const migrations: Record<string, Migration> = migrationsFor(engine);
  const migrator = new Migrator({
    db: writer,
    provider: { getMigrations: () => Promise.resolve(migrations) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) {
    throw error instanceof Error ? error : new Error("The schema could not be brought up to date.");
  }
}
