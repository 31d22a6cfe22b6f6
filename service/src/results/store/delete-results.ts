import { sql, type Transaction } from "kysely";
import type { Database } from "./database.js";
import { jsonRows } from "./json-rows.js";
import type { Tables } from "./schema.js";

/** Results that one transaction deletes at most, so that others can write between. */
const STEP = 1000;

/**
 * Deletes the results and the exchanges of these ids, and what belongs to them: with a result what its exchange carried,
 * with an exchange all its results. What is sent again under their ids is not kept. Gives the number of results deleted.
 */
export async function deleteByIds(database: Database, ids: readonly string[], now: number): Promise<number> {
  let deleted = 0;
  for (let from = 0; from < ids.length; from += STEP) {
    const some = ids.slice(from, from + STEP);
    deleted += await database.writer.transaction().execute(async (tx) => {
      const results = await tx
        .selectFrom("results")
        .select(["id", "exchange"])
        .where((eb) => eb.or([eb("id", "in", some), eb("exchange", "in", some)]))
        .execute();
      return remove(tx, database, results, some, now);
    });
  }
  await database.forget?.();
  return deleted;
}

/** Deletes all that carries a subject's key; see `deleteByIds`. What comes later under that key is kept. */
export async function deleteBySubject(database: Database, subject: string, now: number): Promise<number> {
  let deleted = 0;
  for (;;) {
    const found = await database.writer.transaction().execute(async (tx) => {
      const results = await tx
        .selectFrom("results")
        .select(["id", "exchange"])
        .where("subject", "=", subject)
        .limit(STEP)
        .execute();
      const exchanges = await tx
        .selectFrom("exchanges")
        .select("id")
        .where("subject", "=", subject)
        .limit(STEP)
        .execute();
      deleted += await remove(
        tx,
        database,
        results,
        exchanges.map(({ id }) => id),
        now,
      );
      return results.length + exchanges.length;
    });
    if (found === 0) {
      await database.forget?.();
      return deleted;
    }
  }
}

interface Removed {
  readonly id: string;
  readonly exchange: string | null;
}

async function remove(
  tx: Transaction<Tables>,
  { engine }: Database,
  results: readonly Removed[],
  ids: readonly string[],
  now: number,
): Promise<number> {
  const own = results.map(({ id }) => id);
  const exchanges = results.flatMap(({ exchange }) => exchange ?? []);
  const gone = [...new Set([...ids, ...own, ...exchanges])].sort();
  if (gone.length === 0) {
    return 0;
  }
  const rows = gone.map((id) => ({ id, time: now }));
  await sql`
    insert into deleted (id, time)
    select v.id, v.time from ${jsonRows(engine, rows, { id: "text", time: "bigint" })} where true
    on conflict do nothing`.execute(tx);
  await tx.deleteFrom("exchanges").where("id", "in", gone).execute();
  if (own.length > 0) {
    await tx.deleteFrom("results").where("id", "in", own).execute();
  }
  return own.length;
}
