import { placementOf } from "../broadcasting.js";
import { dependsOnBatch, isPositive, isSame, numberIn, ONE } from "../lengths.js";
import { inserted, merged, reshaped, type Target } from "../layout.js";
import type { Operation } from "../operation.js";
import { elementsOf, lengthOf, type Known } from "../values.js";
import { axesOf, axisIn, relaid, type Rule } from "./rule.js";

/** Operators that keep all elements in their order, or change the order of dimensions. */
export const RESHAPING: readonly [string, Rule][] = [
  ["Reshape", reshape],
  ["Flatten", flatten],
  ["Squeeze", squeeze],
  ["Unsqueeze", unsqueeze],
  ["Transpose", transpose],
];

function reshape(operation: Operation): Known {
  const data = operation.input(0);
  const elements = elementsOf(operation.input(1))?.values ?? [];
  const length = numberIn(operation.shape(1)?.[0] ?? ONE);
  if (elementsOf(operation.input(1)) === undefined) {
    if (data.kind === "rows" || operation.input(1).kind !== "free") {
      operation.withoutRowsBut();
      operation.undecided("reshapes to a shape that the file does not tell");
    }
    const dimensions = operation.shape(1) && length;
    return operation.output(
      undefined,
      dimensions === undefined ? undefined : freshShape(operation, dimensions),
    );
  }
  const copies = operation.int("allowzero", 0) === 0;
  const targets = elements.map((element, axis): Target => {
    const value = numberIn(element);
    if (value === -1) {
      return "rest";
    }
    if (value === 0 && copies) {
      return lengthAt(data, axis) ?? "vague";
    }
    return isPositive(element) ? element : "vague";
  });
  const isTold = elements.every((element, axis) => targets[axis] !== "vague" || !dependsOnBatch(element));
  return relaid(operation, data, reshaped(operation, data, targets), isTold ? [1] : []);
}

function lengthAt(value: Known, axis: number) {
  return value.kind === "rows" && value.rows.axis === axis ? lengthOf(value.rows) : value.shape?.[axis];
}

function freshShape(operation: Operation, rank: number) {
  return rank > 16 ? undefined : Array.from({ length: rank }, () => operation.fresh());
}

function flatten(operation: Operation): Known {
  const data = operation.input(0);
  const shape = data.shape;
  const axis = axisIn(operation, operation.int("axis", 1), shape?.length);
  if (shape !== undefined) {
    const targets = [merged(shape.slice(0, axis)), merged(shape.slice(axis))];
    return relaid(operation, data, reshaped(operation, data, targets));
  }
  const first = axis === 1 ? lengthAt(data, 0) : undefined;
  return relaid(operation, data, reshaped(operation, data, [first ?? "vague", "rest"]));
}

function squeeze(operation: Operation): Known {
  const data = operation.input(0);
  const { rows, shape } = placementOf(data);
  const given = axesOf(operation, 1);
  if (given === undefined && shape === undefined) {
    return rows === undefined ? operation.output(undefined, undefined) : operation.undecided(DROPS_ANY);
  }
  if (
    given === undefined &&
    shape?.some((length, axis) => numberIn(length) === undefined && axis !== rows?.axis)
  ) {
    return rows === undefined ? operation.output(undefined, undefined) : operation.undecided(DROPS_ANY);
  }
  const axes = given?.map((axis) => axisIn(operation, axis, shape?.length)) ?? lengthOneAxes(shape ?? []);
  if (
    rows !== undefined &&
    (axes.includes(rows.axis) || (given === undefined && operation.setting.fixedRows === undefined))
  ) {
    operation.undecided(`drops dimension ${rows.axis}, where the rows are, when there is one row`);
  }
  const moved = rows && { ...rows, axis: rows.axis - axes.filter((axis) => axis < rows.axis).length };
  const rest = shape?.filter((_, axis) => !axes.includes(axis));
  return relaid(operation, data, { rows: moved, shape: rest });
}

const DROPS_ANY = "drops every dimension of length 1, and which those are is not known";

function lengthOneAxes(shape: NonNullable<Known["shape"]>): number[] {
  return shape.flatMap((length, axis) => (isSame(length, ONE) ? [axis] : []));
}

function unsqueeze(operation: Operation): Known {
  const data = operation.input(0);
  const { rows, shape } = placementOf(data);
  const given = axesOf(operation, 1) ?? operation.undecided("has no axes");
  const rank = shape && shape.length + given.length;
  const axes = given.map((axis) => axisIn(operation, axis, rank)).sort((left, right) => left - right);
  const moved = rows && {
    ...rows,
    axis: axes.reduce((axis, added) => (added <= axis ? axis + 1 : axis), rows.axis),
  };
  return relaid(operation, data, { rows: moved, shape: shape && inserted(shape, axes) });
}

function transpose(operation: Operation): Known {
  const data = operation.input(0);
  const { rows, shape } = placementOf(data);
  const order = operation.ints("perm") ?? shape?.map((_, axis) => shape.length - 1 - axis);
  if (order === undefined) {
    return rows === undefined
      ? operation.output(undefined, undefined)
      : operation.undecided("reverses dimensions whose number the file does not tell");
  }
  const axis = rows === undefined ? 0 : order.indexOf(rows.axis);
  if (axis < 0) {
    operation.undecided("lists too few dimensions");
  }
  const turned =
    shape && order.map((from) => shape[from] ?? operation.undecided("names a dimension that is not there"));
  return operation.output(rows && { ...rows, axis }, turned ?? order.map(() => operation.fresh()));
}
