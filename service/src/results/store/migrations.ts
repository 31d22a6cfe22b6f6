import { sql, type Kysely, type Migration } from "kysely";
import type { Engine } from "./schema.js";

/** Every change of the schema, by its name: they run in the order of names, each once, and are never edited afterwards. */
export function migrationsFor(engine: Engine): Record<string, Migration> {
  return { "0001-results": { up: (db) => createResults(db, engine) } };
}

async function createResults(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const counted = sql.raw(
    engine === "sqlite"
      ? "integer primary key autoincrement"
      : "bigint generated always as identity primary key",
  );
  const float = sql.raw("double precision");
  await sql`create table series (
    id ${counted}, model text not null, version text not null, label text not null, decision text not null,
    unique (model, version, label, decision))`.execute(db);
  await sql`create table results (
    seq ${counted}, id text not null unique, series bigint not null references series (id), time bigint not null,
    received bigint not null, probability ${float}, value ${float}, top text, reason text, subject text,
    exchange text)`.execute(db);
  // What is read in the order of time is found by one of these two; they hold all that a filter looks at.
  await sql`create index results_time on results (time, seq, series)`.execute(db);
  await sql`create index results_series on results (series, time, seq)`.execute(db);
  await sql`create index results_subject on results (subject) where subject is not null`.execute(db);
  await sql`create index results_exchange on results (exchange) where exchange is not null`.execute(db);
  await sql`create table exchanges (
    id text primary key, received bigint not null, requested bigint, responded bigint, input text, output text,
    subject text)`.execute(db);
  await sql`create index exchanges_received on exchanges (received)`.execute(db);
  await sql`create index exchanges_payload on exchanges (received)
    where input is not null or output is not null`.execute(db);
  await sql`create index exchanges_subject on exchanges (subject) where subject is not null`.execute(db);
  await sql`create table deleted (id text primary key, time bigint not null)`.execute(db);
  await sql`create index deleted_time on deleted (time)`.execute(db);
}
