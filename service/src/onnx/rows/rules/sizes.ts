import { broadcast, placementOf } from "../broadcasting.js";
import { constantOf } from "../constants.js";
import { numericShape, MOST_ELEMENTS } from "../fold.js";
import {
  constant,
  BATCH,
  dependsOnBatch,
  divide,
  isPositive,
  isSame,
  multiply,
  numberIn,
  ONE,
  productOf,
  subtract,
  ZERO,
  type Length,
} from "../lengths.js";
import type { Operation } from "../operation.js";
import { elementsOf, known, lengthOf, rowsAt, rowsOf, type Known, type Rows } from "../values.js";
import { relaid, type Rule } from "./rule.js";

/** Operators that read shapes, or make tensors of shapes that were computed. */
export const SIZES: readonly [string, Rule][] = [
  ["Shape", shapeOf],
  ["Size", size],
  ["ConstantOfShape", constantOfShape],
  ["Range", range],
  ["Expand", expand],
  ["Tile", tile],
];

function shapeOf(operation: Operation): Known {
  const { shape } = operation.input(0);
  if (shape === undefined) {
    return { kind: operation.input(0).kind === "free" ? "free" : "sized", shape: undefined };
  }
  const part = shape.slice(
    operation.int("start", 0),
    operation.has("end") ? operation.int("end", 0) : undefined,
  );
  return known([constant(part.length)], part);
}

function size(operation: Operation): Known {
  const { shape, kind } = operation.input(0);
  if (shape === undefined) {
    return { kind: kind === "free" ? "free" : "sized", shape: [] };
  }
  return known([], [operation.symbols.short(productOf(shape))]);
}

/** A tensor of one number throughout: wherever its shape grows with the rows, each row gets the same. */
function constantOfShape(operation: Operation): Known {
  const lengths = elementsOf(operation.input(0))?.values;
  if (operation.input(0).kind === "rows" || lengths === undefined) {
    operation.withoutRowsBut();
    const rank = numberIn(operation.shape(0)?.[0] ?? BATCH);
    return operation.output(
      undefined,
      rank === undefined ? undefined : Array.from({ length: rank }, () => operation.fresh()),
    );
  }
  const attribute = operation.node.attributes["value"];
  const fill = attribute?.kind === "tensor" ? constantOf(attribute.value) : known([ONE], [ZERO], false);
  const [rows] = lengths.flatMap((length, axis) => uniformRows(length, axis) ?? []);
  if (rows !== undefined && lengths.filter(dependsOnBatch).length === 1) {
    return operation.output(rows, lengths.map(positive(operation)), [0]);
  }
  const result = operation.output(undefined, lengths.map(positive(operation)), [0]);
  const count = numericShape(lengths)?.reduce((product, length) => product * length, 1);
  const value = elementsOf(fill);
  if (count === undefined || count > MOST_ELEMENTS || value?.values[0] === undefined) {
    return result;
  }
  return known(lengths, new Array<Length>(count).fill(value.values[0]), value.integer);
}

/** Rows in dimension `axis` of a tensor whose elements are alike along it. */
function uniformRows(length: Length, axis: number): Rows | undefined {
  const per = divide(length, BATCH);
  return per !== undefined && isPositive(per) && !dependsOnBatch(per) ? rowsAt(axis, ONE, per) : undefined;
}

/** A dimension must be known to be one: a number that may be 0 or less is only some length. */
function positive(operation: Operation): (length: Length) => Length {
  return (length) => (isPositive(length) || length.size === 0 ? length : operation.fresh());
}

function range(operation: Operation): Known {
  operation.withoutRowsBut();
  const [start, limit, step] = [0, 1, 2].map((index) => elementsOf(operation.inputs[index])?.values[0]);
  if (start === undefined || limit === undefined || step === undefined) {
    return operation.output(undefined, [operation.fresh()]);
  }
  const [from, to, by] = [start, limit, step].map(numberIn);
  if (from !== undefined && to !== undefined && by !== undefined && by !== 0) {
    const count = Math.max(0, Math.ceil((to - from) / by));
    if (count > MOST_ELEMENTS || ![from, to, by].every(Number.isInteger)) {
      return operation.output(undefined, [Number.isInteger(count) ? constant(count) : operation.fresh()]);
    }
    const values = Array.from({ length: count }, (_, index) => constant(from + index * by));
    return known([constant(count)], values, elementsOf(operation.input(0))?.integer);
  }
  const count = subtract(limit, start);
  if (by === 1 && isPositive(count)) {
    return isSame(count, BATCH) && from === 0
      ? { kind: "rows", rows: rowsAt(0), shape: [BATCH], numbers: true }
      : operation.output(undefined, [count]);
  }
  return operation.output(undefined, [operation.symbols.of("p", "Range", [start, limit, step])]);
}

function expand(operation: Operation): Known {
  const data = operation.input(0);
  const lengths = elementsOf(operation.input(1))?.values;
  if (lengths === undefined) {
    if (data.kind === "rows" || operation.input(1).kind === "rows") {
      operation.undecided("expands to a shape that the file does not tell");
    }
    return operation.output(undefined, undefined);
  }
  const target = lengths.map(positive(operation));
  const grown = lengths.flatMap((length, axis) => uniformRows(length, axis) ?? []);
  const placed = { rows: lengths.filter(dependsOnBatch).length === 1 ? grown[0] : undefined, shape: target };
  const ownRows = rowsOf(data);
  if (placed.rows !== undefined && ownRows !== undefined) {
    // The target's rows are alike, so that they divide as the data's do.
    const axis = placed.rows.axis + (data.shape?.length ?? NaN) - target.length;
    const isSameLength = axis === ownRows.axis && isSame(lengthOf(ownRows), lengthOf(placed.rows));
    placed.rows = isSameLength ? { ...ownRows, axis: placed.rows.axis } : placed.rows;
  }
  const isTold = lengths.every((length) => !dependsOnBatch(length)) || placed.rows !== undefined;
  return relaid(
    operation,
    withoutElements(data),
    broadcast(operation, [placementOf(data), placed]),
    isTold ? [1] : [],
  );
}

function withoutElements(value: Known): Known {
  return value.kind === "rows" ? value : { kind: value.kind, shape: value.shape };
}

function tile(operation: Operation): Known {
  const data = operation.input(0);
  const repeats = elementsOf(operation.input(1))?.values;
  const rows = rowsOf(data);
  const shape = data.shape;
  if (repeats === undefined || shape === undefined || repeats.length !== shape.length) {
    if (rows !== undefined || operation.input(1).kind === "rows") {
      operation.undecided("repeats as often as the file does not tell");
    }
    return operation.output(
      undefined,
      shape?.map(() => operation.fresh()),
    );
  }
  const lengths = shape
    .map((length, axis) => multiply(length, repeats[axis] ?? ONE))
    .map(positive(operation));
  const grown = repeats.findIndex(dependsOnBatch);
  const perRow = grown < 0 ? undefined : divide(repeats[grown] ?? ONE, BATCH);
  if (rows !== undefined) {
    const times = repeats[rows.axis] ?? ONE;
    if (!isPositive(times)) {
      operation.undecided("repeats rows as often as the file does not tell");
    }
    return operation.output({ ...rows, outer: multiply(rows.outer, times) }, lengths, grown < 0 ? [1] : []);
  }
  // What is the same for all rows is repeated whole for each of them.
  if (
    perRow !== undefined &&
    isPositive(perRow) &&
    repeats.filter(dependsOnBatch).length === 1 &&
    data.kind === "free"
  ) {
    return operation.output(rowsAt(grown, ONE, multiply(perRow, shape[grown] ?? ONE)), lengths, [1]);
  }
  return operation.output(undefined, lengths);
}
