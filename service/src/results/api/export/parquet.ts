import type { ResultRow } from "../../store/read-rows.js";
import type { Column } from "./columns.js";

/** Results of a row group, about: what is written at once, and held meanwhile. */
const GROUP_ROWS = 4000;

const TYPES = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  number: { type: "DOUBLE" },
  time: { type: "INT64", converted_type: "TIMESTAMP_MILLIS" },
} as const;

/** Results as a Parquet file, a row group at a time. */
export async function* parquetOf(
  steps: AsyncIterable<readonly ResultRow[]>,
  columns: readonly Column[],
): AsyncGenerator<Uint8Array> {
  // Only who exports waits for it.
  const { ByteWriter, ParquetWriter } = await import("hyparquet-writer");
  const bytes = new ByteWriter();
  const schema = columns.map(({ name, kind }) => ({
    name,
    ...TYPES[kind],
    repetition_type: "OPTIONAL" as const,
  }));
  const file = new ParquetWriter({
    writer: bytes,
    schema: [{ name: "results", num_children: columns.length }, ...schema],
    createdBy: "ai-model-service",
  });
  const written = (): Uint8Array => {
    const piece = bytes.getBytes().slice();
    bytes.index = 0;
    return piece;
  };
  let group: ResultRow[] = [];
  for await (const rows of steps) {
    group.push(...rows);
    if (group.length >= GROUP_ROWS) {
      await file.write(groupOf(group, columns));
      group = [];
      yield written();
    }
  }
  if (group.length > 0) {
    await file.write(groupOf(group, columns));
  }
  await file.finish();
  yield written();
}

function groupOf(rows: readonly ResultRow[], columns: readonly Column[]) {
  const columnData = columns.map(({ name, kind, of }) => ({
    name,
    data: rows.map((row) => {
      const value = of(row);
      return kind === "time" && value !== null ? new Date(value) : value;
    }),
  }));
  return { columnData, rowGroupSize: rows.length };
}
