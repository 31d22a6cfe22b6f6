import { isSame, type Length } from "./lengths.js";
import type { Symbols } from "./symbols.js";
import { areSameRows, type Elements, type RefusedVerdict, type Shape, type Value } from "./values.js";

/** Dimensions that were found to differ: names for whatever length they have. */
export type Widened = Set<Length>;

/**
 * What holds of a value that is one or the other: of one branch or the other, before or after a turn of a loop.
 * `apart` is the verdict where they have nothing in common that keeps rows apart.
 */
export function join(
  left: Value,
  right: Value,
  symbols: Symbols,
  widened: Widened,
  apart: RefusedVerdict,
): Value {
  if (left.kind === "refused" || right.kind === "refused") {
    return left.kind === "refused" ? left : right;
  }
  const isSized = left.kind === "sized" || right.kind === "sized";
  const shape = joinShapes(left.shape, right.shape, () => widen(symbols, widened, isSized), widened);
  if (left.kind === "rows" && right.kind === "rows") {
    const isSame = areSameRows(left.rows, right.rows) && left.numbers === right.numbers;
    return isSame ? { ...left, shape } : { kind: "refused", verdict: apart };
  }
  if (left.kind === "rows" || right.kind === "rows") {
    return { kind: "refused", verdict: apart };
  }
  const elements = sameElements(left.elements, right.elements);
  return { kind: isSized ? "sized" : "free", shape, ...(elements && { elements }) };
}

/** Whether the two tell the same, so that another turn of a loop would bring nothing new. */
export function isSameValue(left: Value, right: Value): boolean {
  if (left.kind === "refused" || right.kind === "refused") {
    return left.kind === right.kind;
  }
  const hasSameShape =
    left.shape === right.shape ||
    (left.shape?.length === right.shape?.length &&
      left.shape?.every((length, axis) => isSame(length, right.shape?.[axis] ?? new Map())) === true);
  if (left.kind === "rows" || right.kind === "rows") {
    return left.kind === right.kind && hasSameShape;
  }
  return (
    left.kind === right.kind &&
    hasSameShape &&
    (left.elements === undefined) === (right.elements === undefined)
  );
}

function widen(symbols: Symbols, widened: Widened, isSized: boolean): Length {
  const length = symbols.fresh(isSized);
  widened.add(length);
  return length;
}

function joinShapes(left: Shape, right: Shape, fresh: () => Length, widened: Widened): Shape {
  if (left === undefined || right === undefined || left.length !== right.length) {
    return undefined;
  }
  return left.map((length, axis) => {
    const other = right[axis];
    return other !== undefined && (isSame(length, other) || widened.has(length)) ? length : fresh();
  });
}

function sameElements(left: Elements | undefined, right: Elements | undefined): Elements | undefined {
  const isEqual =
    left?.values.length === right?.values.length &&
    left?.values.every((value, index) => isSame(value, right?.values[index] ?? new Map())) === true &&
    left.integer === right?.integer;
  return isEqual ? left : undefined;
}
