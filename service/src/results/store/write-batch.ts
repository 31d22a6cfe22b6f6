import { sql, type Transaction } from "kysely";
import { jsonRows } from "./json-rows.js";
import type { Engine, Tables } from "./schema.js";
import type { Batch, NewExchange, NewResult } from "./stored-result.js";

type Writing = Transaction<Tables>;

/**
 * Writes a batch within a transaction, and gives the ids of the results that were not there yet. What has an id that is
 * there stays as it is; what was deleted stays deleted.
 */
export async function writeBatch(
  tx: Writing,
  engine: Engine,
  { results, exchanges }: Batch,
  now: number,
): Promise<Set<string>> {
  if (exchanges.length > 0) {
    await writeExchanges(tx, engine, exchanges, now);
  }
  return results.length > 0 ? writeResults(tx, engine, results, now) : new Set();
}

const RESULT_COLUMNS = {
  place: "bigint",
  id: "text",
  time: "bigint",
  model: "text",
  version: "text",
  label: "text",
  decision: "text",
  probability: "double precision",
  value: "double precision",
  top: "text",
  reason: "text",
  subject: "text",
  exchange: "text",
} as const;

async function writeResults(
  tx: Writing,
  engine: Engine,
  results: readonly NewResult[],
  now: number,
): Promise<Set<string>> {
  await writeSeries(tx, engine, results);
  const rows = results.map((result, place) => ({ place, ...result }));
  // CROSS JOIN keeps SQLite from reading the JSON again for each series.
  const stored = await sql<{ id: string }>`
    insert into results (id, series, time, received, probability, value, top, reason, subject, exchange)
    select v.id, s.id, v.time, cast(${now} as bigint), v.probability, v.value, v.top, v.reason, v.subject, v.exchange
    from ${jsonRows(engine, rows, RESULT_COLUMNS)} cross join series s
    where s.model = v.model and s.version = v.version and s.label = v.label and s.decision = v.decision
      and not exists (select 1 from deleted d where d.id = v.id or d.id = v.exchange)
    order by v.place
    on conflict (id) do nothing returning id`.execute(tx);
  return new Set(stored.rows.map(({ id }) => id));
}

/** In one order everywhere: two replicas that write the same ones wait for each other instead of both for the other. */
async function writeSeries(tx: Writing, engine: Engine, results: readonly NewResult[]): Promise<void> {
  const wanted = new Map<string, object>();
  for (const { model, version, label, decision } of results) {
    wanted.set(JSON.stringify([model, version, label, decision]), { model, version, label, decision });
  }
  const columns = { model: "text", version: "text", label: "text", decision: "text" } as const;
  await sql`
    insert into series (model, version, label, decision)
    select v.model, v.version, v.label, v.decision from ${jsonRows(engine, [...wanted.values()], columns)}
    where not exists (select 1 from series s where s.model = v.model and s.version = v.version
      and s.label = v.label and s.decision = v.decision)
    order by v.model, v.version, v.label, v.decision
    on conflict do nothing`.execute(tx);
}

/** The halves of an exchange come in any order, and may come again. */
async function writeExchanges(
  tx: Writing,
  engine: Engine,
  exchanges: readonly NewExchange[],
  now: number,
): Promise<void> {
  const columns = {
    id: "text",
    requested: "bigint",
    responded: "bigint",
    input: "text",
    output: "text",
    subject: "text",
  } as const;
  await sql`
    insert into exchanges (id, received, requested, responded, input, output, subject)
    select v.id, cast(${now} as bigint), v.requested, v.responded, v.input, v.output, v.subject
    from ${jsonRows(engine, joined(exchanges), columns)}
    where not exists (select 1 from deleted d where d.id = v.id)
    order by v.id
    on conflict (id) do update set
      requested = coalesce(exchanges.requested, excluded.requested),
      responded = coalesce(exchanges.responded, excluded.responded),
      input = coalesce(exchanges.input, excluded.input),
      output = coalesce(exchanges.output, excluded.output),
      subject = coalesce(exchanges.subject, excluded.subject)`.execute(tx);
}

/** One row an id: PostgreSQL does not update a row twice in a statement. */
function joined(exchanges: readonly NewExchange[]): NewExchange[] {
  const byId = new Map<string, NewExchange>();
  for (const exchange of exchanges) {
    const before = byId.get(exchange.id);
    byId.set(exchange.id, before === undefined ? exchange : { ...defined(exchange), ...defined(before) });
  }
  return [...byId.values()];
}

function defined(exchange: NewExchange): NewExchange {
  const entries = Object.entries(exchange).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as unknown as NewExchange;
}
