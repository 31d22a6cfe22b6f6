/** Store: the database of results, SQLite or PostgreSQL behind one schema. */

import type { Generated } from "kysely";

/**
 * What results are looked for by, each combination once: a result refers to its own. Texts are empty where a result has
 * none.
 */
interface SeriesTable {
  id: Generated<number>;
  model: string;
  version: string;
  label: string;
  decision: string;
}

/** One prediction. Times are milliseconds since 1970. */
interface ResultsTable {
  /** Grows as results come. */
  seq: Generated<number>;
  id: string;
  series: number;
  /** Of the prediction, as whoever sent it says. */
  time: number;
  received: number;
  probability: number | null;
  value: number | null;
  /** JSON: the most probable labels. */
  top: string | null;
  reason: string | null;
  subject: string | null;
  /** The exchange that it comes from. */
  exchange: string | null;
}

/** A request to a model and its response, which come in any order; what they carried only where it is kept. */
interface ExchangesTable {
  id: string;
  received: number;
  requested: number | null;
  responded: number | null;
  /** JSON. */
  input: string | null;
  /** JSON. */
  output: string | null;
  subject: string | null;
}

/** Ids of what was deleted, so that what is sent again does not bring it back. */
interface DeletedTable {
  id: string;
  time: number;
}

export interface Tables {
  series: SeriesTable;
  results: ResultsTable;
  exchanges: ExchangesTable;
  deleted: DeletedTable;
}

/** Which database it is. */
export type Engine = "sqlite" | "postgres";
