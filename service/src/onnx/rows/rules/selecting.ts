import { placementOf } from "../broadcasting.js";
import {
  add,
  constant,
  dependsOnBatch,
  isPositive,
  isSame,
  numberIn,
  subtract,
  ZERO,
  type Length,
} from "../lengths.js";
import type { Operation } from "../operation.js";
import { MOST_ELEMENTS, numericShape } from "../fold.js";
import { rearranged } from "../rearranged.js";
import { elementsOf, lengthOf, type Known } from "../values.js";
import { axisIn, type Rule } from "./rule.js";

/** Operators that leave out parts of a dimension, or lengthen it. */
export const SELECTING: readonly [string, Rule][] = [
  ["Slice", slice],
  ["Pad", pad],
  ["Trilu", trilu],
];

/** An end as far as this means the last element: exporters write the largest number of 32 or 64 bits, or a billion. */
const TO_THE_END = 1e9;

interface Cut {
  readonly axis: number;
  readonly start: Length | undefined;
  readonly end: Length | undefined;
  readonly step: number | undefined;
}

function slice(operation: Operation): Known {
  const data = operation.input(0);
  const { rows, shape } = placementOf(data);
  const cuts = cutsOf(operation, shape?.length);
  if (cuts === undefined) {
    return rows === undefined
      ? operation.output(
          undefined,
          shape?.map(() => operation.fresh()),
        )
      : operation.undecided("cuts dimensions that the file does not tell");
  }
  const folded = sliced(data, cuts);
  if (folded !== undefined) {
    return folded;
  }
  operation.withoutRowsBut(0);
  const lengths = shape && [...shape];
  let isTold = true;
  for (const { axis, start, end, step } of cuts) {
    const now = rows?.axis === axis ? lengthOf(rows) : lengths?.[axis];
    const isWhole =
      step === 1 && isZero(start) && end !== undefined && (isToTheEnd(end) || (now && isSame(end, now)));
    if (rows?.axis === axis && isWhole !== true) {
      operation.touching(`cuts dimension ${axis}, where the rows are`);
    }
    isTold &&=
      isWhole === true || [start, end].every((place) => place !== undefined && !dependsOnBatch(place));
    if (lengths !== undefined && now !== undefined && isWhole !== true) {
      lengths[axis] = cutLength(operation, now, { axis, start, end, step });
    }
  }
  return operation.output(rows, lengths, isTold ? [1, 2] : []);
}

function isZero(length: Length | undefined): boolean {
  return length?.size === 0;
}

function isToTheEnd(length: Length): boolean {
  return (numberIn(length) ?? 0) >= TO_THE_END;
}

/** What is cut, from attributes in operator sets before 10, else from inputs; undefined when it is not known where. */
function cutsOf(operation: Operation, rank: number | undefined): Cut[] | undefined {
  const inputs = operation.version >= 10;
  const starts = inputs ? elementsOf(operation.inputs[1])?.values : operation.ints("starts")?.map(constant);
  const ends = inputs ? elementsOf(operation.inputs[2])?.values : operation.ints("ends")?.map(constant);
  const count = starts?.length ?? ends?.length ?? numberIn(operation.shape(1)?.[0] ?? ZERO) ?? 0;
  const listed = Array.from({ length: count }, (_, index) => index);
  const axes = !inputs
    ? (operation.ints("axes") ?? listed)
    : operation.inputs[3] === undefined
      ? count > 0
        ? listed
        : undefined
      : operation.numbers(3);
  const steps = operation.inputs[4] === undefined ? axes?.map(() => 1) : operation.numbers(4);
  return axes?.map((axis, index) => ({
    axis: axisIn(operation, axis, rank),
    start: starts?.[index],
    end: ends?.[index],
    step: steps?.[index],
  }));
}

/** What is left of a small tensor of known elements. */
function sliced(data: Known, cuts: readonly Cut[]): Known | undefined {
  const shape = numericShape(data.shape);
  const taken = shape?.map((length) => Array.from({ length }, (_, index) => index));
  if (
    elementsOf(data) === undefined ||
    taken === undefined ||
    taken.some((places) => places.length > MOST_ELEMENTS)
  ) {
    return undefined;
  }
  for (const { axis, start, end, step } of cuts) {
    const places = taken[axis];
    const [from, to] = [start && numberIn(start), end && numberIn(end)];
    const isReversed = step === -1 && from === -1 && to !== undefined && to < -(places?.length ?? 0);
    if (places === undefined || from === undefined || to === undefined || (step !== 1 && !isReversed)) {
      return undefined;
    }
    taken[axis] = isReversed ? [...places].reverse() : places.slice(from, to);
  }
  return rearranged(
    data,
    taken.map(({ length }) => length),
    (place) => place.map((at, axis) => taken[axis]?.[at] ?? 0),
  );
}

function cutLength(operation: Operation, now: Length, { start, end, step }: Cut): Length {
  if (start === undefined || end === undefined || step === undefined) {
    return operation.fresh();
  }
  const [length, from, to] = [now, start, end].map(numberIn);
  if (length !== undefined && from !== undefined && to !== undefined && step > 0) {
    const clamp = (value: number) => Math.min(Math.max(value < 0 ? value + length : value, 0), length);
    return constant(Math.max(0, Math.ceil((clamp(to) - clamp(from)) / step)));
  }
  if (
    step === 1 &&
    from !== undefined &&
    (from === 0 || from === 1) &&
    isToTheEnd(end) &&
    length === undefined
  ) {
    return subtract(now, start);
  }
  return operation.symbols.of("p", `slice by ${step}`, [now, start, end]);
}

function pad(operation: Operation): Known {
  const data = operation.input(0);
  const { rows, shape } = placementOf(data);
  const given =
    operation.version < 11
      ? (operation.ints("pads") ?? operation.ints("paddings"))?.map(constant)
      : elementsOf(operation.inputs[1])?.values;
  const axes =
    operation.inputs[3] === undefined
      ? shape?.map((_, axis) => axis)
      : operation.numbers(3)?.map((axis) => axisIn(operation, axis, shape?.length));
  const isTold = given !== undefined && axes !== undefined && given.length === 2 * axes.length;
  if (!isTold) {
    return rows === undefined
      ? operation.output(
          undefined,
          shape?.map(() => operation.fresh()),
        )
      : operation.undecided("pads by as much as the file does not tell");
  }
  const lengths = shape && [...shape];
  for (const [index, axis] of axes.entries()) {
    const added = add(given[index] ?? ZERO, given[index + axes.length] ?? ZERO);
    const isPadded = !isZero(given[index]) || !isZero(given[index + axes.length]);
    if (rows?.axis === axis && isPadded) {
      operation.touching(`pads dimension ${axis}, where the rows are`);
    }
    if (lengths?.[axis] !== undefined && isPadded) {
      const sum = add(lengths[axis], added);
      lengths[axis] = isPositive(sum) ? sum : operation.symbols.of("p", "pad", [lengths[axis], added]);
    }
  }
  operation.withoutRowsBut(0);
  return operation.output(rows, lengths);
}

function trilu(operation: Operation): Known {
  operation.withoutRowsBut(0);
  const { rows, shape } = placementOf(operation.input(0));
  if (rows !== undefined && (shape === undefined || rows.axis >= shape.length - 2)) {
    operation.touching("clears elements by their place along the rows");
  }
  return operation.output(rows, shape);
}
