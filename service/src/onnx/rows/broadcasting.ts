import { isSame, numberIn, ONE, type Length } from "./lengths.js";
import type { Operation } from "./operation.js";
import { areSameRows, type Known, type Rows, type Shape } from "./values.js";

/** Where the rows lie in a result, and its shape. */
export interface Placement {
  readonly rows: Rows | undefined;
  readonly shape: Shape;
}

/**
 * What tensors become when they are stretched to one shape, dimensions aligned from the last, as Add and most operators
 * of several inputs do. Rows must meet rows in one dimension, and nothing else there but length 1. Throws Refusal.
 */
export function broadcast(operation: Operation, values: readonly Placement[]): Placement {
  const placed = values.filter(({ rows }) => rows !== undefined);
  if (values.some(({ shape }) => shape === undefined)) {
    return withUnknownRank(operation, values, placed);
  }
  const rank = Math.max(0, ...values.map(({ shape }) => shape?.length ?? 0));
  const rows = commonRows(operation, placed, rank);
  const shape = Array.from({ length: rank }, (_, axis) => {
    const lengths = values.flatMap(({ shape: dimensions = [] }) => {
      const length = dimensions[axis - rank + dimensions.length];
      return length === undefined ? [] : [length];
    });
    return lengths.reduce((left, right) => stretched(operation, left, right));
  });
  if (rows !== undefined) {
    for (const value of values) {
      checkAtRows(operation, value, rows, rank);
    }
  }
  return { rows, shape };
}

export function placementOf(value: Known): Placement {
  return { rows: value.kind === "rows" ? value.rows : undefined, shape: value.shape };
}

/** The length that two dimensions are stretched to. */
function stretched({ symbols }: Operation, left: Length, right: Length): Length {
  if (isSame(left, right) || numberIn(right) === 1) {
    return left;
  }
  const [first, second] = [numberIn(left), numberIn(right)];
  if (first === 1) {
    return right;
  }
  // Whatever the other is, it is stretched to a length above 1, or is that length.
  if (first !== undefined && first > 1) {
    return left;
  }
  return second !== undefined && second > 1 ? right : symbols.of("p", "stretched", [left, right]);
}

function commonRows(operation: Operation, placed: readonly Placement[], rank: number): Rows | undefined {
  let common: Rows | undefined;
  for (const { rows, shape = [] } of placed) {
    if (rows === undefined) {
      continue;
    }
    const here = { ...rows, axis: rows.axis + rank - shape.length };
    if (common !== undefined && here.axis !== common.axis) {
      operation.touching("pairs each row of one input with all rows of another");
    }
    if (common !== undefined && !areSameRows(here, common)) {
      operation.undecided("pairs rows of different lengths");
    }
    common = here;
  }
  return common;
}

/** What has no rows is the same for every row only when it is 1 long where they lie. */
function checkAtRows(
  operation: Operation,
  { rows, shape = [] }: Placement,
  common: Rows,
  rank: number,
): void {
  const length = shape[common.axis - rank + shape.length];
  if (rows !== undefined || length === undefined || isSame(length, ONE)) {
    return;
  }
  const axis = common.axis;
  if (numberIn(length) !== undefined) {
    operation.touching(`gives each row values by its place along dimension ${axis}, where the rows are`);
  }
  operation.undecided(`may give each row values by its place along dimension ${axis}, where the rows are`);
}

function withUnknownRank(
  operation: Operation,
  values: readonly Placement[],
  placed: readonly Placement[],
): Placement {
  const [first] = placed;
  if (first?.rows === undefined) {
    return { rows: undefined, shape: undefined };
  }
  const { axis } = first.rows;
  const others = values.filter((value) => value !== first);
  const areSingle = others.every(
    ({ rows, shape }) =>
      rows === undefined &&
      shape !== undefined &&
      shape.length <= axis + 1 &&
      shape.every((length) => isSame(length, ONE)),
  );
  if (!areSingle) {
    operation.undecided("combines inputs whose number of dimensions the file does not tell");
  }
  return { rows: first.rows, shape: first.shape };
}
