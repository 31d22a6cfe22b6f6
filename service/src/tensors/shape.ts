import { ServiceError } from "../server/errors.js";
import { isList } from "../server/http/long-list.js";

/** Dimensions that a tensor may have; ONNX models have fewer than ten. */
export const MAX_RANK = 16;

export function product(shape: readonly number[]): number {
  return shape.reduce((total, size) => total * size, 1);
}

/**
 * Whether values nested as `given` may have `shape` (-1: of every size). Lists that hold nothing show only the beginning of
 * it: `[[], []]` is all that [2, 0, 4] looks like.
 */
export function isShaped(given: readonly number[], shape: readonly number[]): boolean {
  const isCutOff = given.length < shape.length && given.at(-1) === 0;
  return (
    (isCutOff || given.length === shape.length) &&
    given.every((size, index) => shape[index] === -1 || shape[index] === size)
  );
}

/** Where an element is in a request body, by its indices. */
export type Locate = (indices: readonly number[]) => string;

/** Elements of the array at `path`. */
export function under(path: string): Locate {
  return (indices) => path + indices.map((index) => `[${index}]`).join("");
}

/** The shape that nested arrays claim to have: that of their first elements. Throws invalid_input past MAX_RANK. */
export function nestedShape(values: unknown, locate: Locate): number[] {
  const shape: number[] = [];
  let level = values;
  while (isList(level)) {
    if (shape.length === MAX_RANK) {
      throw new ServiceError("invalid_input", `Arrays are nested more than ${MAX_RANK} deep.`, {
        path: locate([]),
      });
    }
    shape.push(level.length);
    // Not `[0]`: V8 would turn every array of numbers that comes by into one of objects, since this place sees both.
    level = level.at(0);
  }
  return shape;
}

/** A shape as people write it: `[-1, 784]`. */
export function shapeText(shape: readonly (number | string)[]): string {
  return `[${shape.join(", ")}]`;
}

/**
 * The shape that values nested as `given` take in a tensor declared as `declared` (-1: of every size), when their first
 * dimension stays as it is and the rest of each item has the right number of values. Undefined when they do not fit.
 */
export function fitRows(given: readonly number[], declared: readonly number[]): number[] | undefined {
  const [rows, ...item] = given;
  const [declaredRows, ...declaredItem] = declared;
  if (rows === undefined || declaredRows === undefined) {
    return given.length === declared.length ? [] : undefined;
  }
  if (declaredRows !== -1 && declaredRows !== rows) {
    return undefined;
  }
  if (isShaped(given, declared)) {
    return [...given, ...declared.slice(given.length).map((size) => Math.max(size, 0))];
  }
  const fitted = fitItem(item, declaredItem);
  return fitted && [rows, ...fitted];
}

function fitItem(item: readonly number[], declared: readonly number[]): readonly number[] | undefined {
  const free = declared.filter((size) => size === -1).length;
  if (free === 0) {
    return product(item) === product(declared) ? declared : undefined;
  }
  if (free > 1 || item.length > 1) {
    return undefined;
  }
  const known = -product(declared);
  const size = product(item) / known;
  return Number.isInteger(size) ? declared.map((each) => (each === -1 ? size : each)) : undefined;
}
