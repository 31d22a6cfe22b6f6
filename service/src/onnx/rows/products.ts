import { broadcast, placementOf, type Placement } from "./broadcasting.js";
import type { Operation } from "./operation.js";
import type { Known, Rows, Shape } from "./values.js";

/**
 * Where the rows lie in the matrix product of two tensors, and its shape: the last dimension of the first and the last
 * but one of the second are summed over, those before are stretched to one another. Throws Refusal.
 */
export function matrixProduct(operation: Operation, left: Placement, right: Placement): Placement {
  if (left.rows === undefined && right.rows === undefined && (left.shape ?? right.shape) === undefined) {
    return { rows: undefined, shape: undefined };
  }
  if (left.shape === undefined || right.shape === undefined) {
    return ofUnknownRank(operation, left, right);
  }
  if (left.shape.length === 0 || right.shape.length === 0) {
    operation.undecided("multiplies a number as a matrix");
  }
  const [first, second] = [asMatrix(left, "row"), asMatrix(right, "column")];
  const [rank, other] = [first.shape.length, second.shape.length];
  checkSummed(operation, first.rows, rank - 1);
  checkSummed(operation, second.rows, other - 2);
  const ahead = broadcast(operation, [
    { rows: before(first.rows, rank - 2), shape: first.shape.slice(0, -2) },
    { rows: before(second.rows, other - 2), shape: second.shape.slice(0, -2) },
  ]);
  const depth = ahead.shape?.length ?? 0;
  const ofLeft = first.rows?.axis === rank - 2 ? { ...first.rows, axis: depth } : undefined;
  const ofRight = second.rows?.axis === other - 1 ? { ...second.rows, axis: depth + 1 } : undefined;
  const found = [ahead.rows, ofLeft, ofRight].filter((rows) => rows !== undefined);
  if (found.length > 1) {
    operation.touching("multiplies each row with all rows");
  }
  const full = [...(ahead.shape ?? []), ...first.shape.slice(-2, -1), ...second.shape.slice(-1)];
  return dropVectors({ rows: found[0], shape: full }, left.shape.length === 1, right.shape.length === 1);
}

export function withLastTwoSwapped(operation: Operation, value: Known, swap: boolean): Placement {
  const { rows, shape } = placementOf(value);
  if (!swap) {
    return { rows, shape };
  }
  if (shape === undefined || shape.length < 2) {
    return rows === undefined
      ? { rows, shape: undefined }
      : operation.undecided("transposes a tensor of unknown shape");
  }
  const rank = shape.length;
  const swapped = (axis: number) => (axis === rank - 1 ? rank - 2 : axis === rank - 2 ? rank - 1 : axis);
  return {
    rows: rows && { ...rows, axis: swapped(rows.axis) },
    shape: shape.map((_, axis) => shape[swapped(axis)] ?? _),
  };
}

function ofUnknownRank(operation: Operation, left: Placement, right: Placement): Placement {
  if (left.rows === undefined && right.rows === undefined) {
    return { rows: undefined, shape: undefined };
  }
  return operation.undecided("multiplies matrices whose number of dimensions is not known");
}

function asMatrix(
  { rows, shape }: Placement,
  as: "row" | "column",
): { rows: Rows | undefined; shape: NonNullable<Shape> } {
  const lengths = shape ?? [];
  if (lengths.length !== 1) {
    return { rows, shape: lengths };
  }
  const one = new Map([["", 1]]);
  return as === "row"
    ? { rows: rows && { ...rows, axis: 1 }, shape: [one, ...lengths] }
    : { rows, shape: [...lengths, one] };
}

function checkSummed(operation: Operation, rows: Rows | undefined, axis: number): void {
  if (rows?.axis === axis) {
    operation.touching("adds up over the rows");
  }
}

function before(rows: Rows | undefined, end: number): Rows | undefined {
  return rows !== undefined && rows.axis < end ? rows : undefined;
}

/** A vector's own dimension of length 1 is not in the result. */
function dropVectors({ rows, shape = [] }: Placement, left: boolean, right: boolean): Placement {
  const rank = shape.length;
  const kept = shape.filter((_, axis) => !(left && axis === rank - 2) && !(right && axis === rank - 1));
  const axis = rows && rows.axis - (left && rows.axis > rank - 2 ? 1 : 0);
  return { rows: rows && axis !== undefined ? { ...rows, axis } : undefined, shape: kept };
}
