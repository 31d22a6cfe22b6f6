import {
  BATCH,
  constant,
  dependsOnBatch,
  divide,
  divideProducts,
  isPositive,
  multiply,
  numberIn,
  ONE,
  productOf,
  type Length,
} from "./lengths.js";
import type { Operation } from "./operation.js";
import type { Placement } from "./broadcasting.js";
import { lengthOf, rowsAt, type Known, type Rows, type Shape } from "./values.js";

/** A dimension that Reshape is asked for: "rest" is -1, "vague" a number that the file does not tell. */
export type Target = Length | "rest" | "vague";

/**
 * Where the rows lie once a tensor is read in another shape. Elements keep their order, so the rows stay apart in the
 * first dimension that is a multiple of their number, when as much lies before them as before. Throws Refusal.
 */
export function reshaped(operation: Operation, value: Known, targets: readonly Target[]): Placement {
  const shape = resolve(operation, value, targets);
  if (value.kind !== "rows") {
    return { rows: undefined, shape: shape.map((length) => length ?? operation.fresh()) };
  }
  const rows = rowsIn(operation, value.rows, value.shape, shape);
  return {
    rows,
    shape: shape.map((length, axis) =>
      axis === rows.axis
        ? lengthOf(rows)
        : length === undefined || dependsOnBatch(length)
          ? operation.symbols.fresh()
          : length,
    ),
  };
}

/** The dimensions asked for, as the file tells them: undefined where it does not. */
function resolve({ symbols }: Operation, value: Known, targets: readonly Target[]): (Length | undefined)[] {
  const lengths = targets.map((target) => (target === "vague" || target === "rest" ? undefined : target));
  const rest = targets.indexOf("rest");
  if (rest < 0 || targets.includes("vague") || value.shape === undefined) {
    return lengths;
  }
  const others = lengths.filter((length) => length !== undefined);
  const quotient = divideProducts(value.shape, others);
  lengths[rest] = quotient ?? restOf(symbols, value.shape, others);
  return lengths;
}

function restOf(
  symbols: Operation["symbols"],
  shape: readonly Length[],
  others: readonly Length[],
): Length | undefined {
  const lengths = [...shape, ...others];
  return lengths.some(dependsOnBatch) ? undefined : symbols.of("p", `rest${shape.length}`, lengths);
}

function rowsIn(operation: Operation, rows: Rows, from: Shape, to: readonly (Length | undefined)[]): Rows {
  const before = rows.axis === 0 ? [] : from?.slice(0, rows.axis);
  if (before === undefined) {
    operation.undecided("reshapes rows whose dimensions the file does not tell");
  }
  const ahead = [...before, rows.outer];
  const passed: Length[] = [];
  for (const [axis, length] of to.entries()) {
    if (length === undefined) {
      break;
    }
    const outer = divideProducts(ahead, passed);
    const rowLength = outer && inRows(operation, length);
    const per = rowLength && divide(rowLength, multiply(outer, BATCH));
    if (outer !== undefined && per !== undefined && isWholeMultiple(outer, per)) {
      return rowsAt(axis, outer, per);
    }
    if (dependsOnBatch(length)) {
      break;
    }
    passed.push(length);
  }
  return to.every((length) => length !== undefined && numberIn(length) !== undefined)
    ? operation.touching("gives its result a fixed shape, in which rows do not stay apart")
    : operation.undecided("reshapes rows in a way that is not shown to keep them apart");
}

function isWholeMultiple(outer: Length, per: Length): boolean {
  return isPositive(outer) && isPositive(per);
}

/** A number in a graph of a fixed number of rows may well be that number: multiples of it hold whole rows. */
function inRows({ setting: { fixedRows } }: Operation, length: Length): Length {
  const value = numberIn(length);
  if (fixedRows === undefined || value === undefined || value === 0 || value % fixedRows !== 0) {
    return length;
  }
  return multiply(BATCH, constant(value / fixedRows));
}

/** The shape after dimensions of length 1 are put in at `axes`, counted in the result. */
export function inserted(shape: readonly Length[], axes: readonly number[]): Length[] {
  const rank = shape.length + axes.length;
  const places = new Set(axes.map((axis) => (axis < 0 ? axis + rank : axis)));
  const rest = [...shape];
  return Array.from({ length: rank }, (_, axis) => (places.has(axis) ? ONE : (rest.shift() ?? ONE)));
}

/** The length of several dimensions read as one. */
export function merged(shape: readonly Length[]): Length {
  return productOf(shape);
}
