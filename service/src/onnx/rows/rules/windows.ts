import {
  add,
  constant,
  divide,
  isPositive,
  multiply,
  numberIn,
  ONE,
  subtract,
  type Length,
} from "../lengths.js";
import type { Operation } from "../operation.js";
import { areSameRows, rowsOf, type Known, type Rows } from "../values.js";
import { each, type Rule } from "./rule.js";

/** Operators that move a window over all dimensions but the first two, which are rows and channels. */
export const WINDOWS: readonly [string, Rule][] = [
  ...each("Conv ConvInteger", (operation) => convolve(operation, 1)),
  ["ConvTranspose", (operation) => convolve(operation, undefined)],
  ...each("AveragePool LpPool", (operation) => pool(operation)),
  ["MaxPool", (operation) => [pool(operation)]],
  ...each("GlobalAveragePool GlobalMaxPool GlobalLpPool", globalPool),
  ["DeformConv", deformConv],
];

/** Rows in dimension 0 of the first input; throws Refusal for rows elsewhere. */
export function leadingRows(operation: Operation, verb: string): Rows | undefined {
  const rows = rowsOf(operation.input(0));
  if (rows !== undefined && rows.axis !== 0) {
    operation.touching(`${verb} dimension ${rows.axis}, where the rows are`);
  }
  return rows;
}

/** `weights` is the input that holds the kernels, one for each channel of the result. */
export function convolve(operation: Operation, weights: number | undefined): Known {
  operation.withoutRowsBut(0);
  const rows = leadingRows(operation, "convolves over");
  const shape = operation.shape(0);
  const kernels = weights === undefined ? undefined : operation.shape(weights);
  const result = shape?.map((length, axis) => {
    if (axis === 0) {
      return length;
    }
    if (axis === 1) {
      return kernels?.[0] ?? operation.fresh();
    }
    const kernel = kernels?.[axis] ?? operation.fresh();
    return weights === undefined ? operation.fresh() : windows(operation, length, kernel, axis - 2);
  });
  return operation.output(rows, result);
}

export function pool(operation: Operation): Known {
  operation.withoutRowsBut(0);
  const rows = rowsOf(operation.input(0));
  if (rows !== undefined && rows.axis > 1) {
    operation.touching(`pools over dimension ${rows.axis}, where the rows are`);
  }
  const sizes = operation.ints("kernel_shape");
  const result = operation
    .shape(0)
    ?.map((length, axis) =>
      axis < 2 ? length : windows(operation, length, constant(sizes?.[axis - 2] ?? 1), axis - 2),
    );
  return operation.output(rows, result);
}

export function globalPool(operation: Operation): Known {
  operation.withoutRowsBut(0);
  const rows = rowsOf(operation.input(0));
  if (rows !== undefined && rows.axis > 1) {
    operation.touching(`pools over dimension ${rows.axis}, where the rows are`);
  }
  return operation.output(
    rows,
    operation.shape(0)?.map((length, axis) => (axis < 2 ? length : ONE)),
  );
}

function deformConv(operation: Operation): Known {
  const rows = leadingRows(operation, "convolves over");
  const offsets = [operation.inputs[2], operation.inputs[4]].filter((input) => input !== undefined);
  if (
    rows !== undefined &&
    offsets.some((input) => !areSameRows(rowsOf(input) ?? { ...rows, axis: -1 }, rows))
  ) {
    operation.undecided("is given offsets that are not of the same rows");
  }
  operation.withoutRowsBut(...(rows === undefined ? [] : [0, 2, 4]));
  const shape = operation.shape(0);
  return operation.output(
    rows,
    shape?.map((length, axis) =>
      axis === 0 ? length : axis === 1 ? (operation.shape(1)?.[0] ?? length) : operation.fresh(),
    ),
  );
}

/** How many places a window has along a dimension of `length`. */
function windows(operation: Operation, length: Length, kernel: Length, place: number): Length {
  const stride = operation.ints("strides")?.[place] ?? 1;
  const automatic = operation.string("auto_pad", "NOTSET");
  if (automatic.startsWith("SAME")) {
    return ceilings(operation, length, stride);
  }
  const pads = operation.ints("pads") ?? [];
  const half = pads.length / 2;
  const padding = automatic === "VALID" ? 0 : (pads[place] ?? 0) + (pads[place + half] ?? 0);
  const reach = multiply(subtract(kernel, ONE), constant(operation.ints("dilations")?.[place] ?? 1));
  const room = subtract(add(length, constant(padding)), add(reach, ONE));
  if (stride === 1) {
    const count = add(room, ONE);
    return isPositive(count) ? count : operation.symbols.of("p", "windows", [count]);
  }
  const value = numberIn(room);
  if (value === undefined || operation.int("ceil_mode", 0) !== 0) {
    const term = `windows ${stride} ${operation.int("ceil_mode", 0)} ${padding}`;
    return operation.symbols.of("p", term, [length, kernel, reach]);
  }
  return constant(Math.max(0, Math.floor(value / stride) + 1));
}

function ceilings({ symbols }: Operation, length: Length, stride: number): Length {
  const value = numberIn(length);
  if (value !== undefined) {
    return constant(Math.ceil(value / stride));
  }
  return divide(length, constant(stride)) ?? symbols.of("p", "windows", [length, constant(stride)]);
}
