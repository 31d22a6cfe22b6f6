import { sql } from "kysely";
import type { Database } from "./database.js";

/** Rows that one statement deletes at most, so that others can write between. */
const STEP = 2000;

/** Until when what was received is over; undefined: it is kept. Times are milliseconds since 1970. */
export interface Cutoffs {
  readonly results: number | undefined;
  readonly payloads: number;
}

/** What was let go. */
export interface LetGo {
  readonly results: number;
  readonly payloads: number;
}

/** Deletes what was received before the cutoffs. */
export async function letGo(database: Database, cutoffs: Cutoffs): Promise<LetGo> {
  const payloads = await inSteps(() => clearPayloads(database, cutoffs.payloads));
  const { results: before } = cutoffs;
  if (before === undefined) {
    return finish(database, { results: 0, payloads });
  }
  const results = await inSteps(() => deleteResults(database, before));
  await inSteps(() => deleteOld(database, "exchanges", "received", before));
  await inSteps(() => deleteOld(database, "deleted", "time", before));
  return finish(database, { results, payloads });
}

async function finish(database: Database, gone: LetGo): Promise<LetGo> {
  if (gone.results + gone.payloads > 0) {
    await database.forget?.();
  }
  return gone;
}

/** Repeats a step until it finds nothing more; the sum of what the steps gave. */
async function inSteps(step: () => Promise<number>): Promise<number> {
  let sum = 0;
  for (let done = await step(); done > 0; done = await step()) {
    sum += done;
  }
  return sum;
}

/** Results come in the order of their places: the first ones are the oldest, and no index by their time is needed. */
async function deleteResults({ writer }: Database, before: number): Promise<number> {
  const oldest = await writer
    .selectFrom("results")
    .select(["seq", "received"])
    .orderBy("seq")
    .limit(STEP)
    .execute();
  const fresh = oldest.findIndex(({ received }) => received >= before);
  const old = fresh < 0 ? oldest : oldest.slice(0, fresh);
  const last = old.at(-1);
  if (last !== undefined) {
    await writer.deleteFrom("results").where("seq", "<=", last.seq).execute();
  }
  return old.length;
}

async function clearPayloads({ writer }: Database, before: number): Promise<number> {
  const { numUpdatedRows } = await writer
    .updateTable("exchanges")
    .set({ input: null, output: null })
    .where("id", "in", (eb) =>
      eb
        .selectFrom("exchanges")
        .select("id")
        .where("received", "<", before)
        .where((either) => either.or([either("input", "is not", null), either("output", "is not", null)]))
        .limit(STEP),
    )
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

async function deleteOld(
  { writer }: Database,
  table: "exchanges" | "deleted",
  column: "received" | "time",
  before: number,
): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from ${sql.table(table)} where id in (
      select id from ${sql.table(table)} where ${sql.ref(column)} < ${before} limit ${STEP})`.execute(writer);
  return Number(numAffectedRows);
}
