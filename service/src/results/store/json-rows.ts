import { sql, type RawBuilder } from "kysely";
import type { Engine } from "./schema.js";

/** Columns of rows that go to the database as one parameter of JSON. */
type Columns = Readonly<Record<string, "text" | "bigint" | "double precision">>;

/**
 * Rows as a table that a statement selects from, in one parameter: a statement of a thousand rows is as short as one of
 * one, and prepared once.
 */
export function jsonRows(engine: Engine, rows: readonly object[], columns: Columns): RawBuilder<unknown> {
  const json = JSON.stringify(rows);
  if (engine === "postgres") {
    const types = Object.entries(columns).map(([name, type]) => sql`${sql.ref(name)} ${sql.raw(type)}`);
    return sql`jsonb_to_recordset(${json}::jsonb) as v(${sql.join(types)})`;
  }
  const names = Object.keys(columns).map(
    (name) => sql`value ->> ${sql.lit(`$.${name}`)} as ${sql.ref(name)}`,
  );
  return sql`(select ${sql.join(names)} from json_each(${json})) as v`;
}
