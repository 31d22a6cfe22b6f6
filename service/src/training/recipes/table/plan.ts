import { DataError } from "../../data-error.js";
import type { Table, TextColumn } from "./read-csv.js";
import type { TableParameters } from "./recipe.js";

/** A column of numbers: NaN where one is missing. */
export interface NumberColumn {
  readonly name: string;
  readonly values: Float32Array;
  /** Of the rows that are trained on: what a missing one counts as, and what brings the others near 0 and 1. */
  readonly median: number;
  readonly mean: number;
  readonly scale: number;
  /** Whether some are missing, so that this tells something. */
  readonly hasMissing: boolean;
}

/** A column of names: the place of each row's among those told apart, -1 where it is none of them. */
export interface CategoryColumn {
  readonly name: string;
  readonly categories: readonly string[];
  readonly places: Int32Array;
  /** As they stand in the file. */
  readonly texts: readonly string[];
  readonly codes: readonly number[];
}

export type Target =
  | {
      readonly task: "classification";
      readonly name: string;
      readonly labels: readonly string[];
      readonly classes: Int32Array;
    }
  | {
      readonly task: "regression";
      readonly name: string;
      readonly values: Float32Array;
      readonly mean: number;
      readonly deviation: number;
    };

/** What a model of a table takes and gives. Rows without a target are in neither list. */
export interface Plan {
  readonly numbers: readonly NumberColumn[];
  readonly categories: readonly CategoryColumn[];
  readonly target: Target;
  readonly train: Uint32Array;
  readonly heldOut: Uint32Array;
  /** Features that the network is given. */
  readonly width: number;
}

/** What stands for a number that is not known. */
const MISSING = new Set(["", "na", "n/a", "nan", "null", "none", "?"]);

/** From so many different numbers on, a target is a quantity, not a class. */
const MOST_NUMBERED_CLASSES = 20;
const MOST_CLASSES = 1000;
const LEAST_ROWS = 10;

/** Decides what the columns of `table` are. Throws DataError naming the column or parameter at fault. */
export function planTable(table: Table, parameters: TableParameters): Plan {
  const target = targetOf(table, parameters);
  const isKnown = (row: number): boolean => !MISSING.has(textOf(target, row).trim().toLowerCase());
  const rows = Array.from({ length: table.rows }, (_, row) => row).filter(isKnown);
  const train = Uint32Array.from(rows.filter((row) => table.heldOut[row] !== true));
  const heldOut = Uint32Array.from(rows.filter((row) => table.heldOut[row] === true));
  if (train.length < LEAST_ROWS || heldOut.length === 0) {
    throw new DataError(
      `There are ${rows.length} rows with a ${target.name}: too few to train on and to hold some out.`,
    );
  }
  const inputs = table.columns.filter(
    (column) => column !== target && !parameters.ignore.includes(column.name),
  );
  const isName = (column: TextColumn): boolean =>
    parameters.categories.includes(column.name) || numbersIn(column) === undefined;
  const taken = inputs.find(
    ({ name }) => name.startsWith("/") || name === "probabilities" || name === "prediction",
  );
  if (taken !== undefined) {
    throw new DataError(
      `The column ${taken.name} has a name that the model has for something else: rename it.`,
    );
  }
  const numbers = inputs.filter((column) => !isName(column)).map((column) => numberColumn(column, train));
  const categories = inputs
    .filter(isName)
    .map((column) => categoryColumn(column, train, parameters.maxCategories));
  const width = 2 * numbers.length + categories.reduce((sum, column) => sum + column.categories.length, 0);
  if (width === 0) {
    throw new DataError("There is no column to predict from.");
  }
  return {
    numbers,
    categories,
    target: plannedTarget(target, { rows, train }, parameters.task),
    train,
    heldOut,
    width,
  };
}

function targetOf({ columns }: Table, { target, ignore, categories }: TableParameters): TextColumn {
  const names = columns.map(({ name }) => name);
  for (const [parameter, named] of Object.entries({
    target: target === undefined ? [] : [target],
    ignore,
    categories,
  })) {
    const unknown = named.find((name) => !names.includes(name));
    if (unknown !== undefined) {
      throw new DataError(
        `There is no column ${unknown}, which the parameter ${parameter} names; there are ${names.slice(0, 20).join(", ")}.`,
      );
    }
  }
  const found = target === undefined ? columns.at(-1) : columns.find(({ name }) => name === target);
  if (found === undefined || ignore.includes(found.name)) {
    throw new DataError("The column to predict is among those to ignore.");
  }
  return found;
}

function textOf({ texts, codes }: TextColumn, row: number): string {
  return texts[codes[row] ?? 0] ?? "";
}

/** The number of each text; undefined for a column in which something else stands, or nothing at all. */
function numbersIn({ texts }: TextColumn): Float32Array | undefined {
  const numbers = Float32Array.from(texts, (text) =>
    MISSING.has(text.trim().toLowerCase()) ? NaN : Number(text),
  );
  const isOther = texts.some(
    (text, index) => Number.isNaN(numbers[index]) && !MISSING.has(text.trim().toLowerCase()),
  );
  return isOther || numbers.every(Number.isNaN) ? undefined : numbers;
}

function numberColumn(column: TextColumn, train: Uint32Array): NumberColumn {
  const numbers = numbersIn(column) ?? new Float32Array();
  const values = Float32Array.from(column.codes, (code) => numbers[code] ?? NaN);
  const seen = Float64Array.from(train, (row) => values[row] ?? NaN);
  const known = seen.filter(Number.isFinite).sort();
  const median = Math.fround(known[Math.floor(known.length / 2)] ?? 0);
  const { mean, deviation } = momentsOf(
    Float64Array.from(seen, (value) => (Number.isNaN(value) ? median : value)).filter(Number.isFinite),
  );
  const scale = Math.fround(deviation > 0 ? 1 / deviation : 0);
  return {
    name: column.name,
    values,
    median,
    mean: Math.fround(mean),
    scale,
    hasMissing: seen.some(Number.isNaN),
  };
}

function categoryColumn(
  { name, texts, codes }: TextColumn,
  train: Uint32Array,
  most: number,
): CategoryColumn {
  const counts = new Map<number, number>();
  for (const row of train) {
    const code = codes[row] ?? 0;
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const chosen = [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([code]) => code);
  const placeOf = new Map(chosen.map((code, place) => [code, place]));
  const places = Int32Array.from(codes, (code) => placeOf.get(code) ?? -1);
  return { name, categories: chosen.map((code) => texts[code] ?? ""), places, texts, codes };
}

function plannedTarget(
  column: TextColumn,
  { rows, train }: { readonly rows: readonly number[]; readonly train: Uint32Array },
  task: TableParameters["task"],
): Target {
  const numbers = numbersIn(column);
  const isQuantity = numbers !== undefined && new Set(numbers).size > MOST_NUMBERED_CLASSES;
  const { name, codes, texts } = column;
  if (task === "regression" || (task === "auto" && isQuantity)) {
    if (numbers === undefined) {
      throw new DataError(
        `The column ${name} holds what is no number, so it cannot be the target of a regression.`,
      );
    }
    const values = Float32Array.from(codes, (code) => numbers[code] ?? NaN);
    const { mean, deviation } = momentsOf(Float64Array.from(train, (row) => values[row] ?? NaN));
    return {
      task: "regression",
      name,
      values,
      mean: Math.fround(mean),
      deviation: Math.fround(deviation || 1),
    };
  }
  const labels = [...new Set(rows.map((row) => textOf(column, row)))].sort();
  if (labels.length < 2 || labels.length > MOST_CLASSES) {
    throw new DataError(
      `The column ${name} has ${labels.length} different values; a classification needs 2 to ${MOST_CLASSES}.`,
    );
  }
  const classOf = new Map(labels.map((label, index) => [label, index]));
  return {
    task: "classification",
    name,
    labels,
    classes: Int32Array.from(codes, (code) => classOf.get(texts[code] ?? "") ?? -1),
  };
}

function momentsOf(values: Float64Array): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / Math.max(1, values.length)) };
}
