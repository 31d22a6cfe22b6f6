import { placementOf } from "../broadcasting.js";
import { add, constant, multiply, ONE, ZERO, numberIn, type Length } from "../lengths.js";
import type { Operation } from "../operation.js";
import { elementsOf, known, type Known } from "../values.js";
import { axesOf, axisIn, each, type Rule } from "./rule.js";

/** Operators that compute one element, or each, from all along some dimensions. */
export const REDUCTIONS: readonly [string, Rule][] = [
  ...each(
    "ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare",
    reduce,
  ),
  ...each("ArgMax ArgMin", argMax),
  ["TopK", topK],
  ["CumSum", cumSum],
  ["CumProd", cumSum],
];

function reduce(operation: Operation): Known {
  operation.withoutRowsBut(0);
  const data = operation.input(0);
  const fromInput = operation.version >= (operation.node.operator === "ReduceSum" ? 13 : 18);
  const given = fromInput ? axesOf(operation, 1) : operation.ints("axes");
  const all = given === undefined || given.length === 0;
  if (all && operation.int("noop_with_empty_axes", 0) !== 0) {
    return operation.undecided("is told to do nothing, which is not followed");
  }
  const { rows, shape } = placementOf(data);
  const folded = shape?.length === 1 ? total(operation, data) : undefined;
  if (folded !== undefined) {
    return folded;
  }
  if (all) {
    return rows === undefined
      ? operation.output(undefined, keeps(operation) ? shape?.map(() => ONE) : [])
      : operation.touching(`${verbOf(operation)} dimension ${rows.axis}, where the rows are`);
  }
  const axes = given.map((axis) => axisIn(operation, axis, shape?.length));
  return reduceOver(operation, axes);
}

/** Sums and products of a small tensor whose elements are known. */
function total(operation: Operation, data: Known): Known | undefined {
  const elements = elementsOf(data);
  const combine = { ReduceProd: multiply, ReduceSum: (left: Length, right: Length) => add(left, right) };
  const step = combine[operation.node.operator as keyof typeof combine];
  if (elements === undefined || (step as typeof step | undefined) === undefined || !elements.integer) {
    return undefined;
  }
  const start = operation.node.operator === "ReduceProd" ? ONE : ZERO;
  const value = operation.symbols.short(elements.values.reduce(step, start));
  return known(keeps(operation) ? [ONE] : [], [value]);
}

function keeps(operation: Operation): boolean {
  return operation.int("keepdims", 1) !== 0;
}

function verbOf({ node: { operator } }: Operation): string {
  return operator.startsWith("Arg") ? "compares along" : "computes over all of";
}

/** One element of all along `axes`, which are kept with length 1 unless `keepdims` is 0. */
export function reduceOver(operation: Operation, axes: readonly number[]): Known {
  const { rows, shape } = placementOf(operation.input(0));
  if (rows !== undefined && axes.includes(rows.axis)) {
    operation.touching(`${verbOf(operation)} dimension ${rows.axis}, where the rows are`);
  }
  if (keeps(operation)) {
    return operation.output(
      rows,
      shape?.map((length, axis) => (axes.includes(axis) ? ONE : length)),
    );
  }
  const axis = rows && rows.axis - new Set(axes.filter((other) => other < rows.axis)).size;
  return operation.output(
    rows && axis !== undefined ? { ...rows, axis } : undefined,
    shape?.filter((_, other) => !axes.includes(other)),
  );
}

function argMax(operation: Operation): Known {
  return reduceOver(operation, [axisIn(operation, operation.int("axis", 0), operation.shape(0)?.length)]);
}

function topK(operation: Operation): readonly Known[] {
  operation.withoutRowsBut(0);
  const { rows, shape } = placementOf(operation.input(0));
  const axis = axisIn(operation, operation.int("axis", -1), shape?.length);
  if (rows?.axis === axis) {
    operation.touching(`picks the largest along dimension ${axis}, where the rows are`);
  }
  const attribute = operation.has("k") ? constant(operation.int("k", 0)) : undefined;
  const count = attribute ?? elementsOf(operation.inputs[1])?.values[0];
  const isSmall = count !== undefined && numberIn(count) !== undefined;
  const result = operation.output(
    rows,
    shape?.map((length, at) => (at === axis ? (isSmall ? count : operation.fresh()) : length)),
  );
  return [result, result];
}

function cumSum(operation: Operation): Known {
  operation.withoutRowsBut(0);
  const { rows, shape } = placementOf(operation.input(0));
  const given = operation.numbers(1)?.[0];
  if (given === undefined) {
    return rows === undefined
      ? operation.output(undefined, shape)
      : operation.undecided("adds up along a dimension that the file does not tell");
  }
  const axis = axisIn(operation, given, shape?.length);
  if (rows?.axis === axis) {
    const verb = operation.node.operator === "CumSum" ? "adds up" : "multiplies";
    operation.touching(`${verb} along dimension ${axis}, where the rows are`);
  }
  return operation.output(rows, shape);
}
