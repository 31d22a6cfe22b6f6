import { cast, COMPUTE } from "./arithmetic.js";
import { constant, numberIn, type Length } from "./lengths.js";
import type { Operation } from "./operation.js";
import { elementsOf, known, type Known, type Shape } from "./values.js";

/** Larger tensors are not followed element by element. */
export const MOST_ELEMENTS = 256;

const COMPARISONS = new Set([
  "Equal",
  "Less",
  "LessOrEqual",
  "Greater",
  "GreaterOrEqual",
  "Not",
  "And",
  "Or",
]);
/** TensorProto.DataType of whole numbers, and of booleans. */
const WHOLE = new Set([2, 3, 4, 5, 6, 7, 12, 13]);
const BOOLEAN = 9;

/** What an element-wise operator makes of small tensors whose elements are known; undefined when they are not. */
export function foldElementwise(operation: Operation): Known | undefined {
  const compute = COMPUTE.get(operation.node.operator);
  const inputs = operation.inputs.map((input) => ({
    elements: elementsOf(input),
    shape: numericShape(input?.shape),
  }));
  if (compute === undefined || inputs.length === 0) {
    return undefined;
  }
  const shape = stretch(inputs.map((input) => input.shape));
  const count = shape?.reduce((product, length) => product * length, 1) ?? Infinity;
  if (shape === undefined || count > MOST_ELEMENTS || inputs.some(({ elements }) => elements === undefined)) {
    return undefined;
  }
  const operator = operation.node.operator;
  const numeric = operator === "Where" ? inputs.slice(1) : inputs;
  const integer = numeric.every(({ elements }) => elements?.integer);
  const values = Array.from({ length: count }, (_, index) => {
    const operands = inputs.map(
      ({ elements, shape: from = [] }) => elements?.values[placeIn(from, shape, index)],
    );
    const given = operands.filter((operand) => operand !== undefined);
    const result = operation.symbols.short(compute(operation.symbols, given, integer));
    return integer || isExact(result) ? result : operation.symbols.of("u", operator, given);
  });
  return known(shape.map(constant), values, integer || COMPARISONS.has(operator));
}

export function isWholeType(type: number): boolean {
  return WHOLE.has(type);
}

/** What Cast makes of a small tensor whose elements are known. */
export function foldCast(operation: Operation): Known | undefined {
  const input = operation.input(0);
  const elements = elementsOf(input);
  const type = operation.int("to", 0);
  const to = WHOLE.has(type) ? "whole" : type === BOOLEAN ? "boolean" : "real";
  if (elements === undefined || input.shape === undefined) {
    return undefined;
  }
  return known(
    input.shape,
    elements.values.map((value) => cast(operation.symbols, value, to)),
    to !== "real",
  );
}

/** The dimensions as numbers; undefined unless all are. */
export function numericShape(shape: Shape): readonly number[] | undefined {
  const lengths = shape?.map(numberIn);
  return lengths === undefined || lengths.includes(undefined) ? undefined : (lengths as number[]);
}

/** Floats of 32 and 64 bits compute alike with such numbers, so that what is computed here is what a run computes. */
function isExact(length: Length): boolean {
  return [...length.values()].every(
    (value) =>
      Number.isInteger(value * 256) && Math.abs(value) < (Number.isInteger(value) ? 2 ** 24 : 2 ** 16),
  );
}

function stretch(shapes: readonly (readonly number[] | undefined)[]): number[] | undefined {
  if (shapes.includes(undefined)) {
    return undefined;
  }
  const rank = Math.max(...shapes.map((shape) => shape?.length ?? 0));
  const result: number[] = [];
  for (let axis = 0; axis < rank; axis += 1) {
    const lengths = shapes
      .map((shape = []) => shape[axis - rank + shape.length] ?? 1)
      .filter((length) => length !== 1);
    if (lengths.some((length) => length !== lengths[0])) {
      return undefined;
    }
    result.push(lengths[0] ?? 1);
  }
  return result;
}

/** Where element `index` of a result of shape `to` comes from in a tensor of shape `from` that was stretched to it. */
function placeIn(from: readonly number[], to: readonly number[], index: number): number {
  let [place, step, rest] = [0, 1, index];
  for (let axis = to.length - 1; axis >= 0; axis -= 1) {
    const length = to[axis] ?? 1;
    const own = from[axis - to.length + from.length] ?? 1;
    place += own === 1 ? 0 : (rest % length) * step;
    step *= own;
    rest = Math.floor(rest / length);
  }
  return place;
}
