import type { Kysely } from "kysely";
import { hasSeriesFilter, seriesOf, within, type Filters, type Position } from "./filters.js";
import { selectRows, type ResultRow } from "./read-rows.js";
import type { Tables } from "./schema.js";

/** Results that one step looks at, whether they are meant or not: none holds the database for long. */
const STEP = 4000;

/** The same where they come with what their exchanges carried, so that a step takes little memory. */
const STEP_WITH_PAYLOADS = 50;

/**
 * All results that filters mean, newest first, in steps; a step may be empty. Each is read when it is asked for, so that
 * what is deleted meanwhile does not come any more, and what is not taken is not read.
 */
export async function* scanResults(
  db: Kysely<Tables>,
  filters: Filters,
  withPayloads: boolean,
): AsyncGenerator<readonly ResultRow[]> {
  const length = withPayloads ? STEP_WITH_PAYLOADS : STEP;
  let after: Position | undefined;
  for (;;) {
    const end = await endOfStep(db, filters, after, length);
    yield await step(db, filters, { after, end, withPayloads });
    if (end === undefined) {
      return;
    }
    after = end;
  }
}

/** Where the next step ends, that is the place of its last result; undefined when it is the last step. */
function endOfStep(
  db: Kysely<Tables>,
  filters: Filters,
  after: Position | undefined,
  length: number,
): Promise<Position | undefined> {
  return db
    .selectFrom("results")
    .select(["time", "seq"])
    .where((eb) => within(eb, filters, after))
    .orderBy("time", "desc")
    .orderBy("seq", "desc")
    .offset(length - 1)
    .limit(1)
    .executeTakeFirst();
}

interface Step {
  readonly after: Position | undefined;
  readonly end: Position | undefined;
  readonly withPayloads: boolean;
}

function step(
  db: Kysely<Tables>,
  filters: Filters,
  { after, end, withPayloads }: Step,
): Promise<ResultRow[]> {
  let query = selectRows(db, withPayloads).where((eb) => within(eb, filters, after));
  if (end !== undefined) {
    query = query.where((eb) =>
      eb(eb.refTuple("results.time", "results.seq"), ">=", eb.tuple(end.time, end.seq)),
    );
  }
  if (filters.id !== undefined) {
    query = query.where("results.id", "=", filters.id);
  }
  if (hasSeriesFilter(filters)) {
    query = query.where("results.series", "in", seriesOf(db, filters));
  }
  return query.execute();
}
