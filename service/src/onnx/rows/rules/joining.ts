import { placementOf } from "../broadcasting.js";
import { MOST_ELEMENTS, numericShape } from "../fold.js";
import {
  add,
  BATCH,
  constant,
  divide,
  isPositive,
  multiply,
  numberIn,
  ZERO,
  type Length,
} from "../lengths.js";
import type { Operation } from "../operation.js";
import { areSameRows, elementsOf, known, rowsOf, type Known, type Shape } from "../values.js";
import { axisIn, type Rule } from "./rule.js";

/** Operators that put tensors together along a dimension, or take one apart. */
export const JOINING: readonly [string, Rule][] = [
  ["Concat", concat],
  ["Split", split],
];

function concat(operation: Operation): Known {
  const inputs = operation.inputs.filter((input) => input !== undefined);
  const shapes = inputs.map(({ shape }) => shape);
  const rank = shapes.find((shape) => shape !== undefined)?.length;
  const axis = axisIn(operation, operation.int("axis", operation.version < 4 ? 1 : 0), rank);
  const length = shapes.reduce<Length | undefined>((sum, shape) => {
    const own = shape?.[axis];
    return sum && own && add(sum, own);
  }, ZERO);
  const folded = joined(inputs, axis);
  if (folded !== undefined) {
    return folded;
  }
  const placed = inputs.find((input) => input.kind === "rows");
  const shape: Shape = shapes
    .find((shape) => shape !== undefined)
    ?.map((own, at) => (at === axis ? operation.symbols.short(length ?? operation.fresh()) : own));
  const rows = rowsOf(placed);
  if (rows === undefined) {
    return operation.output(undefined, shape);
  }
  if (inputs.some((input) => input.kind !== "rows")) {
    return rows.axis === axis
      ? operation.touching(`puts other values beside the rows along dimension ${axis}`)
      : operation.undecided("puts rows beside values of a fixed number of rows");
  }
  if (rows.axis !== axis) {
    if (inputs.some((input) => !areSameRows(rowsOf(input) ?? rows, rows))) {
      operation.touching("puts rows beside rows of another dimension");
    }
    return operation.output(rows, shape);
  }
  const blocks = inputs.map((input) => rowsOf(input) ?? rows);
  if (blocks.some((block) => block.axis !== axis || !areSameRows({ ...block, outer: rows.outer }, rows))) {
    operation.undecided("joins rows of different lengths");
  }
  return operation.output(
    { ...rows, outer: blocks.reduce((sum, { outer }) => add(sum, outer), ZERO) },
    shape,
  );
}

/** Small tensors of known elements, put together along `axis`. */
function joined(inputs: readonly Known[], axis: number): Known | undefined {
  const parts = inputs.map((input) => ({ elements: elementsOf(input), shape: numericShape(input.shape) }));
  const [first] = parts;
  if (first?.shape === undefined || parts.some(({ elements, shape }) => elements === undefined || !shape)) {
    return undefined;
  }
  const lengths = parts.map(({ shape }) => shape?.[axis] ?? 0);
  const blocks = first.shape.slice(0, axis).reduce((product, length) => product * length, 1);
  const values = Array.from({ length: blocks }, (_, block) =>
    parts.flatMap(({ elements }) => {
      const size = (elements?.values.length ?? 0) / blocks;
      return elements?.values.slice(block * size, (block + 1) * size) ?? [];
    }),
  ).flat();
  const shape = first.shape.map((length, at) =>
    constant(at === axis ? lengths.reduce((sum, own) => sum + own, 0) : length),
  );
  const integer = parts.every(({ elements }) => elements?.integer);
  return values.length > MOST_ELEMENTS ? undefined : known(shape, values, integer);
}

function split(operation: Operation): readonly Known[] {
  const data = operation.input(0);
  const { rows, shape } = placementOf(data);
  const axis = axisIn(operation, operation.int("axis", 0), shape?.length);
  const count = operation.node.outputs.length;
  const given = elementsOf(operation.inputs[1])?.values ?? operation.ints("split")?.map(constant);
  operation.withoutRowsBut(0);
  const isTold = given !== undefined || operation.inputs[1] === undefined;
  const whole = shape?.[axis];
  const equal = isTold && whole !== undefined ? divide(whole, constant(count)) : undefined;
  if (rows?.axis === axis) {
    return rowParts(operation, data, given, count);
  }
  const total = numberIn(whole ?? BATCH);
  const elements = elementsOf(data);
  let start = 0;
  return operation.node.outputs.map((_, index) => {
    const length = given === undefined ? (equal ?? unevenPart(total, count, index)) : given[index];
    const size = numberIn(length ?? BATCH);
    const part = shape?.map((own, at) => (at === axis ? usable(operation, length) : own));
    if (elements !== undefined && shape?.length === 1 && size !== undefined) {
      start += size;
      return known([constant(size)], elements.values.slice(start - size, start), elements.integer);
    }
    return operation.output(rows, part);
  });
}

function usable(operation: Operation, length: Length | undefined): Length {
  return length !== undefined && isPositive(length) ? length : operation.fresh();
}

/** Since operator set 18 the last part may be shorter. */
function unevenPart(total: number | undefined, count: number, index: number): Length | undefined {
  if (total === undefined) {
    return undefined;
  }
  const part = Math.ceil(total / count);
  return constant(Math.max(0, Math.min(part, total - part * index)));
}

/** Whole batches that lie one after the other are taken apart. */
function rowParts(
  operation: Operation,
  data: Known,
  given: readonly Length[] | undefined,
  count: number,
): Known[] {
  const rows = rowsOf(data) ?? operation.undecided("has no rows");
  const batch = multiply(BATCH, rows.per);
  const outers =
    given?.map((length) => divide(length, batch)) ??
    Array.from({ length: count }, () => divide(rows.outer, constant(count)));
  return outers.map((outer) => {
    if (outer === undefined || !isPositive(outer)) {
      operation.touching(`takes dimension ${rows.axis} apart, where the rows are`);
    }
    return operation.output({ ...rows, outer }, data.shape, [1]);
  });
}
