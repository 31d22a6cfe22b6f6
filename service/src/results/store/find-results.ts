import { sql, type Kysely } from "kysely";
import { hasSeriesFilter, seriesOf, within, type Filters, type Position } from "./filters.js";
import { readRows, type ResultRow } from "./read-rows.js";
import type { Tables } from "./schema.js";

/** Of the newest results, those that are looked through before an index by series is asked: most pages are full then. */
const WINDOW = 5000;

/** Series from which on all results are looked through instead: so many hold most of what there is. */
const MANY_SERIES = 1000;

/** The newest results that filters mean, behind a position if there is one, newest first. */
export async function findResults(
  db: Kysely<Tables>,
  filters: Filters,
  after: Position | undefined,
  limit: number,
  withPayloads: boolean,
): Promise<ResultRow[]> {
  return readRows(db, await places(db, filters, after, limit), withPayloads);
}

async function places(
  db: Kysely<Tables>,
  filters: Filters,
  after: Position | undefined,
  limit: number,
): Promise<number[]> {
  if (filters.id !== undefined) {
    return placeOf(db, filters, filters.id, after);
  }
  if (!hasSeriesFilter(filters)) {
    return newest(db, filters, after, limit);
  }
  const inWindow = await newestInWindow(db, filters, after, limit);
  if (inWindow.length === limit) {
    return inWindow;
  }
  const series = await seriesOf(db, filters)
    .limit(MANY_SERIES + 1)
    .execute();
  if (series.length > MANY_SERIES) {
    return newestOfMany(db, filters, after, limit);
  }
  const ids = series.map(({ id }) => id);
  return ids.length === 0 ? [] : newestOfEach(db, ids, filters, after, limit);
}

async function placeOf(
  db: Kysely<Tables>,
  filters: Filters,
  id: string,
  after: Position | undefined,
): Promise<number[]> {
  const found = await db
    .selectFrom("results")
    .select("seq")
    .where("id", "=", id)
    .where("series", "in", seriesOf(db, filters))
    .where((eb) => within(eb, filters, after))
    .execute();
  return found.map(({ seq }) => seq);
}

async function newest(
  db: Kysely<Tables>,
  filters: Filters,
  after: Position | undefined,
  limit: number,
): Promise<number[]> {
  const rows = await newestFirst(db, filters, after).limit(limit).execute();
  return rows.map(({ seq }) => seq);
}

function newestFirst(db: Kysely<Tables>, filters: Filters, after: Position | undefined) {
  return db
    .selectFrom("results")
    .select("seq")
    .where((eb) => within(eb, filters, after))
    .orderBy("time", "desc")
    .orderBy("seq", "desc");
}

async function newestInWindow(
  db: Kysely<Tables>,
  filters: Filters,
  after: Position | undefined,
  limit: number,
): Promise<number[]> {
  const rows = await db
    .selectFrom(newestFirst(db, filters, after).select(["time", "series"]).limit(WINDOW).as("latest"))
    .select("latest.seq")
    .where("latest.series", "in", seriesOf(db, filters))
    .orderBy("latest.time", "desc")
    .orderBy("latest.seq", "desc")
    .limit(limit)
    .execute();
  return rows.map(({ seq }) => seq);
}

async function newestOfMany(
  db: Kysely<Tables>,
  filters: Filters,
  after: Position | undefined,
  limit: number,
): Promise<number[]> {
  const rows = await newestFirst(db, filters, after)
    // The plus keeps SQLite from the index by series: it would read and sort all that they hold.
    .where(sql`+results.series`, "in", seriesOf(db, filters))
    .limit(limit)
    .execute();
  return rows.map(({ seq }) => seq);
}

/** The newest of each series, and of these the newest: reads no more than `limit` of any. */
async function newestOfEach(
  db: Kysely<Tables>,
  series: readonly number[],
  filters: Filters,
  after: Position | undefined,
  limit: number,
): Promise<number[]> {
  const rows = await db
    .selectFrom("series")
    .innerJoin("results as found", (join) =>
      join.on("found.seq", "in", (eb) =>
        eb
          .selectFrom("results")
          .select("results.seq")
          .whereRef("results.series", "=", "series.id")
          .where((inner) => within(inner, filters, after))
          .orderBy("results.time", "desc")
          .orderBy("results.seq", "desc")
          .limit(limit),
      ),
    )
    .select("found.seq")
    .where("series.id", "in", series)
    .orderBy("found.time", "desc")
    .orderBy("found.seq", "desc")
    .limit(limit)
    .execute();
  return rows.map(({ seq }) => seq);
}
