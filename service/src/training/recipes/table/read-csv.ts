import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { CsvError, parse } from "csv-parse";
import { messageOf } from "../../../server/errors.js";
import { DataError } from "../../data-error.js";

const MOST_ROWS = 1_000_000;
const MOST_COLUMNS = 1000;
const MOST_CHARACTERS_A_ROW = 2 ** 20;

/** A column as it stands in the file: the texts that occur, and which of them each row has. */
export interface TextColumn {
  readonly name: string;
  readonly texts: readonly string[];
  readonly codes: readonly number[];
}

export interface Table {
  readonly columns: readonly TextColumn[];
  readonly rows: number;
  /** Of each row, by what stands in it: the same row is held out or not in every version of the data. */
  readonly heldOut: readonly boolean[];
  /** Of the file's bytes. */
  readonly sha256: string;
}

/** Of rows. */
const HELD_OUT = 0.2;

/** The CSV that `source` gives, with a header. `name` is what people know it by. Throws DataError. */
export async function readCsv(source: AsyncIterable<Uint8Array | string>, name: string): Promise<Table> {
  const hash = createHash("sha256");
  const collected = new Collected(name);
  const parser = parse({
    bom: true,
    skip_empty_lines: true,
    max_record_size: MOST_CHARACTERS_A_ROW,
  });
  const hashed = async function* (pieces: AsyncIterable<Uint8Array | string>) {
    for await (const piece of pieces) {
      hash.update(piece);
      yield piece;
    }
  };
  try {
    await pipeline(source, hashed, parser, async (records: AsyncIterable<string[]>) => {
      for await (const record of records) {
        collected.add(record);
      }
    });
  } catch (error) {
    if (error instanceof DataError) {
      throw error;
    }
    const what = error instanceof CsvError ? "is not a table of comma-separated values" : "cannot be read";
    throw new DataError(`${name} ${what}: ${messageOf(error).replace(/\.$/, "")}.`, { cause: error });
  }
  return collected.table(hash.digest("hex"));
}

/** The same of a file. */
export function readCsvFile(path: string, name: string): Promise<Table> {
  return readCsv(createReadStream(path), name);
}

class Collected {
  private names: readonly string[] | undefined;
  private readonly heldOut: boolean[] = [];
  private readonly columns: { texts: Map<string, number>; codes: number[] }[] = [];

  constructor(private readonly file: string) {}

  add(record: readonly string[]): void {
    if (this.names === undefined) {
      this.names = checkedNames(record, this.file);
      this.columns.push(...record.map(() => ({ texts: new Map<string, number>(), codes: [] })));
      return;
    }
    if (this.heldOut.length >= MOST_ROWS) {
      throw new DataError(`${this.file} has more than ${MOST_ROWS} rows.`);
    }
    record.forEach((text, index) => {
      const column = this.columns[index];
      const code = column?.texts.get(text) ?? column?.texts.size ?? 0;
      column?.texts.set(text, code);
      column?.codes.push(code);
    });
    this.heldOut.push(isHeldOut(record));
  }

  table(sha256: string): Table {
    const names = this.names;
    if (names === undefined || this.heldOut.length === 0) {
      throw new DataError(`${this.file} has no rows below its header.`);
    }
    const columns = this.columns.map(({ texts, codes }, index) => ({
      name: names[index] ?? "",
      texts: [...texts.keys()],
      codes,
    }));
    return { columns, rows: this.heldOut.length, heldOut: this.heldOut, sha256 };
  }
}

function checkedNames(header: readonly string[], file: string): readonly string[] {
  const names = header.map((name) => name.trim());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (names.length < 2 || names.length > MOST_COLUMNS) {
    throw new DataError(`${file} has ${names.length} columns; it must have 2 to ${MOST_COLUMNS}.`);
  }
  if (names.includes("") || twice !== undefined) {
    throw new DataError(
      `${file}: each column needs a name of its own${twice ? `, and ${twice} is there twice` : ""}.`,
    );
  }
  return names;
}

function isHeldOut(record: readonly string[]): boolean {
  const digest = createHash("sha256").update(record.join("\u001f")).digest();
  return digest.readUInt32BE(0) / 2 ** 32 < HELD_OUT;
}
