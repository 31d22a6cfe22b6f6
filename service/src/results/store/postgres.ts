import { Kysely, PostgresDialect, sql, type Transaction } from "kysely";
import pg from "pg";
import type { Database } from "./database.js";
import type { Tables } from "./schema.js";

/** Connections of a replica at most; PostgreSQL has a hundred by default. */
const CONNECTIONS = 8;

const MILLISECONDS = { connect: 5000, statement: 30_000 } as const;

/** Opens a PostgreSQL database. Its password can be in the address or, as everywhere with PostgreSQL, in PGPASSWORD. */
export function openPostgres(address: string): Database {
  const pool = new pg.Pool({
    connectionString: address,
    max: CONNECTIONS,
    connectionTimeoutMillis: MILLISECONDS.connect,
    statement_timeout: MILLISECONDS.statement,
    application_name: "ai-model-service-results",
    types: { getTypeParser: typeParser },
  });
  // A connection that breaks while nobody uses it; the pool makes another when it is needed.
  pool.on("error", () => undefined);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return { engine: "postgres", writer: db, reader: db, makeDurable, close: () => db.destroy() };
}

/** For a server, a database or a user whose commits are set not to wait for the disk. */
async function makeDurable(tx: Transaction<Tables>): Promise<void> {
  await sql`select set_config('synchronous_commit',
    replace(current_setting('synchronous_commit'), 'off', 'on'), true)`.execute(tx);
}

/** Whole numbers of 64 bits as numbers: times and counts, all below 2^53. */
function typeParser(...[oid, format]: Parameters<typeof pg.types.getTypeParser>): unknown {
  return oid === pg.types.builtins.INT8 ? Number : (pg.types.getTypeParser(oid, format) as unknown);
}
