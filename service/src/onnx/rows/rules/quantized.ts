import { broadcast, placementOf } from "../broadcasting.js";
import { isSame, numberIn, ONE } from "../lengths.js";
import type { Operation } from "../operation.js";
import { matrixProduct } from "../products.js";
import { rowsOf, type Known } from "../values.js";
import { gemm } from "./products.js";
import { axisIn, each, type Rule } from "./rule.js";
import { convolve } from "./windows.js";

/** Operators on whole numbers that stand for real ones by a scale and a zero point. */
export const QUANTIZED: readonly [string, Rule][] = [
  ...each("QuantizeLinear DequantizeLinear", quantize),
  ["DynamicQuantizeLinear", dynamic],
  ["MatMulInteger", matMulInteger],
  ["QLinearMatMul", (operation) => quantizedMatMul(operation, 3, [1, 2, 6, 7])],
  ["QLinearConv", quantizedConv],
];

/** Throws Refusal unless the inputs of `indices` are single numbers that are the same for all rows. */
export function checkSingle(operation: Operation, indices: readonly number[]): void {
  for (const index of indices) {
    const input = operation.inputs[index];
    if (
      input !== undefined &&
      !(input.kind === "free" && input.shape?.every((length) => isSame(length, ONE)))
    ) {
      operation.undecided(`is given more than one scale or zero point as input ${index}`);
    }
  }
}

/** One scale for all, or one for each place along `axis`, or for each block along it. */
function quantize(operation: Operation): Known {
  operation.withoutRowsBut(0);
  const { rows, shape } = placementOf(operation.input(0));
  if (rows === undefined) {
    return operation.output(undefined, shape);
  }
  const scale = operation.shape(1);
  if (scale === undefined) {
    operation.undecided("is given scales of unknown shape");
  }
  if (scale.every((length) => isSame(length, ONE)) && scale.length <= 1) {
    return operation.output(rows, shape);
  }
  const axis = axisIn(operation, operation.int("axis", 1), shape?.length);
  if (scale.length > 1) {
    operation.undecided("has a scale for each block");
  }
  if (axis === rows.axis) {
    operation.touching(`has a scale for each place along dimension ${axis}, where the rows are`);
  }
  return operation.output(rows, shape);
}

/** The scale is taken over the whole tensor. */
export function dynamic(operation: Operation): readonly Known[] {
  if (operation.inputs.some((input) => rowsOf(input) !== undefined)) {
    operation.touching("takes its scale from the smallest and the largest number of all rows");
  }
  const result = operation.output(undefined, operation.shape(0));
  const single = operation.output(undefined, []);
  return [result, single, single];
}

function matMulInteger(operation: Operation): Known {
  if (rowsOf(operation.input(0)) !== undefined) {
    checkSingle(operation, [2]);
  }
  if (rowsOf(operation.input(1)) !== undefined) {
    checkSingle(operation, [3]);
  }
  operation.withoutRowsBut(0, 1);
  const { rows, shape } = matrixProduct(
    operation,
    placementOf(operation.input(0)),
    placementOf(operation.input(1)),
  );
  return operation.output(rows, shape);
}

/** A matrix product of the first input and that of index `second`; `single` are scales of the first and the result. */
export function quantizedMatMul(operation: Operation, second: number, single: readonly number[]): Known {
  const isPlaced = rowsOf(operation.input(0)) !== undefined || rowsOf(operation.input(second)) !== undefined;
  if (isPlaced) {
    checkSingle(operation, single);
  }
  if (rowsOf(operation.input(second)) !== undefined) {
    checkSingle(operation, [second + 1, second + 2]);
  }
  operation.withoutRowsBut(0, second);
  const product = matrixProduct(
    operation,
    placementOf(operation.input(0)),
    placementOf(operation.input(second)),
  );
  return operation.output(product.rows, product.shape);
}

function quantizedConv(operation: Operation): Known {
  if (rowsOf(operation.input(0)) !== undefined) {
    checkSingle(operation, [1, 2, 6, 7]);
  }
  return convolve(operation, 3);
}

/** Two quantized tensors combined element by element, as QLinearAdd: each with its scale and zero point. */
export function quantizedBinary(operation: Operation): Known {
  checkSingle(operation, [1, 2, 4, 5, 6, 7]);
  const { rows, shape } = broadcast(operation, [
    placementOf(operation.input(0)),
    placementOf(operation.input(3)),
  ]);
  return operation.output(rows, shape);
}

/** One quantized tensor, element by element. */
export function quantizedUnary(operation: Operation): Known {
  checkSingle(operation, [1, 2, 3, 4]);
  const { rows, shape } = placementOf(operation.input(0));
  return operation.output(rows, shape);
}

/** QGemm: a, its scale and zero point, b, its scale and zero point, c, the result's scale and zero point. */
export function quantizedGemm(operation: Operation): Known {
  checkSingle(operation, [1, 2, 7, 8]);
  operation.withoutRowsBut(0);
  const inputs = [operation.inputs[0], operation.inputs[3], operation.inputs[6]];
  const inner = operation.given(inputs);
  const scales = operation.shape(4)?.[0];
  if (rowsOf(inputs[0])?.axis !== 0 && scales !== undefined && numberIn(scales) !== 1) {
    operation.withoutRowsBut();
  }
  return gemm(inner);
}
