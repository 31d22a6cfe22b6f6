import type { ResultRow } from "../../store/read-rows.js";
import { timeText } from "../result-json.js";
import type { Column } from "./columns.js";

/** A text that begins like this is a formula to spreadsheets: a label of `=HYPERLINK(...)` would be run by whoever opens it. */
const FORMULA = /^[=+\-@\t\r]/;

const NEEDS_QUOTES = /[",\r\n]/;

/** Results as CSV (RFC 4180), with a line of names first. A text that spreadsheets take for a formula has a ' before it. */
export async function* csvOf(
  steps: AsyncIterable<readonly ResultRow[]>,
  columns: readonly Column[],
): AsyncGenerator<string> {
  yield lineOf(columns.map(({ name }) => name));
  for await (const rows of steps) {
    yield rows.map((row) => lineOf(columns.map((column) => cellOf(column, row)))).join("");
  }
}

function lineOf(cells: readonly string[]): string {
  return `${cells.join(",")}\r\n`;
}

function cellOf({ kind, of }: Column, row: ResultRow): string {
  const value = of(row);
  if (value === null) {
    return "";
  }
  if (typeof value === "number") {
    return kind === "time" ? timeText(value) : String(value);
  }
  const text = FORMULA.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
