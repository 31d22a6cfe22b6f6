import type { Expression, ExpressionBuilder, Kysely, SqlBool } from "kysely";
import { sql } from "kysely";
import type { Tables } from "./schema.js";

/** Which results are meant: all that is given must hold. Times are milliseconds since 1970. */
export interface Filters {
  readonly id?: string | undefined;
  readonly model?: string | undefined;
  readonly version?: string | undefined;
  readonly label?: string | undefined;
  readonly decision?: string | undefined;
  /** From this time on. */
  readonly from?: number | undefined;
  /** Before this time. */
  readonly to?: number | undefined;
}

/** Where a result is in the order of all: by time, and of one time in the order in which they came. */
export interface Position {
  readonly time: number;
  readonly seq: number;
}

const SERIES_FILTERS = ["model", "version", "label", "decision"] as const;

/** Whether results are looked for by anything but their time. */
export function hasSeriesFilter(filters: Filters): boolean {
  return SERIES_FILTERS.some((name) => filters[name] !== undefined);
}

/** The ids of the series that a filter means, as a query. */
export function seriesOf(db: Kysely<Tables>, filters: Filters) {
  let query = db.selectFrom("series").select("series.id");
  for (const name of SERIES_FILTERS) {
    const value = filters[name];
    if (value !== undefined) {
      query = query.where(`series.${name}`, "=", value);
    }
  }
  return query;
}

/** What the times and the position ask of a row of results. */
export function within(
  eb: ExpressionBuilder<Tables, "results">,
  { from, to }: Filters,
  after: Position | undefined,
): Expression<SqlBool> {
  const conditions: Expression<SqlBool>[] = [];
  if (from !== undefined) {
    conditions.push(eb("results.time", ">=", from));
  }
  // A position within the times says more than their end.
  if (after !== undefined) {
    conditions.push(sql<SqlBool>`(results.time, results.seq) < (${after.time}, ${after.seq})`);
  }
  if (to !== undefined && (after === undefined || after.time >= to)) {
    conditions.push(eb("results.time", "<", to));
  }
  return eb.and(conditions);
}
