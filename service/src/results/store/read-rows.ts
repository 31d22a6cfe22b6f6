import type { Kysely } from "kysely";
import type { Position } from "./filters.js";
import type { Tables } from "./schema.js";

/** A result as it is kept, with its exchange. Texts of its series are empty where it has none. */
export interface ResultRow extends Position {
  readonly id: string;
  readonly model: string;
  readonly version: string;
  readonly label: string;
  readonly decision: string;
  readonly probability: number | null;
  readonly value: number | null;
  readonly top: string | null;
  readonly reason: string | null;
  readonly subject: string | null;
  readonly exchange: string | null;
  readonly requested: number | null;
  readonly responded: number | null;
  /** These two only where they were asked for. */
  readonly input?: string | null;
  readonly output?: string | null;
}

/** The results of these places, newest first; those that were deleted meanwhile are left out. */
export function readRows(
  db: Kysely<Tables>,
  seqs: readonly number[],
  withPayloads: boolean,
): Promise<ResultRow[]> {
  if (seqs.length === 0) {
    return Promise.resolve([]);
  }
  return selectRows(db, withPayloads).where("results.seq", "in", seqs).execute();
}

/** All that there is of results, newest first; what their exchanges carried only where it is asked for, for it can be large. */
export function selectRows(db: Kysely<Tables>, withPayloads: boolean) {
  return db
    .selectFrom("results")
    .innerJoin("series", "series.id", "results.series")
    .leftJoin("exchanges", "exchanges.id", "results.exchange")
    .select([
      "results.seq",
      "results.id",
      "results.time",
      "results.probability",
      "results.value",
      "results.top",
      "results.reason",
      "results.subject",
      "results.exchange",
      "series.model",
      "series.version",
      "series.label",
      "series.decision",
      "exchanges.requested",
      "exchanges.responded",
    ])
    .$if(withPayloads, (query) => query.select(["exchanges.input", "exchanges.output"]))
    .orderBy("results.time", "desc")
    .orderBy("results.seq", "desc");
}
