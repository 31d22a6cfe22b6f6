import { broadcast, placementOf } from "../broadcasting.js";
import type { Operation } from "../operation.js";
import { matrixProduct, withLastTwoSwapped } from "../products.js";
import { rowsOf, type Known } from "../values.js";
import type { Rule } from "./rule.js";

/** Products of matrices. */
export const PRODUCTS: readonly [string, Rule][] = [
  ["MatMul", matMul],
  ["Gemm", gemm],
];

export function matMul(operation: Operation): Known {
  const [left, right] = [placementOf(operation.input(0)), placementOf(operation.input(1))];
  const { rows, shape } = matrixProduct(operation, left, right);
  return operation.output(rows, shape);
}

/** A product of two matrices, one or both transposed first, and a third stretched to it and added. */
export function gemm(operation: Operation): Known {
  const left = withLastTwoSwapped(operation, operation.input(0), operation.int("transA", 0) !== 0);
  const right = withLastTwoSwapped(operation, operation.input(1), operation.int("transB", 0) !== 0);
  const isOfMatrices = [left, right].every(({ shape }) => shape === undefined || shape.length === 2);
  if (!isOfMatrices) {
    operation.undecided("is given tensors that are no matrices");
  }
  // All it takes are matrices, so that nothing but their product is left where the file does not tell a shape.
  const product = matrixProduct(operation, asMatrix(operation, left), asMatrix(operation, right));
  const added = operation.inputs[2];
  const { rows, shape } = added === undefined ? product : broadcast(operation, [product, placementOf(added)]);
  return operation.output(rows, shape);
}

function asMatrix(operation: Operation, placement: ReturnType<typeof placementOf>) {
  return placement.shape === undefined
    ? { rows: placement.rows, shape: [operation.fresh(), operation.fresh()] }
    : placement;
}

/** `matMul` of the first two inputs, of which one or both may be transposed; others must not have rows. */
export function fusedMatMul(operation: Operation): Known {
  if (operation.int("transBatchA", 0) !== 0 || operation.int("transBatchB", 0) !== 0) {
    operation.undecided("moves its first dimension, which is not followed");
  }
  const left = withLastTwoSwapped(operation, operation.input(0), operation.int("transA", 0) !== 0);
  const right = withLastTwoSwapped(operation, operation.input(1), operation.int("transB", 0) !== 0);
  const { rows, shape } = matrixProduct(operation, left, right);
  operation.withoutRowsBut(0, 1);
  return operation.output(rows, shape);
}

/** Multiplication with a weight that the operator keeps in a form of its own: only its last dimension is replaced. */
export function packedMatMul(operation: Operation): Known {
  const { rows, shape } = placementOf(operation.input(0));
  operation.withoutRowsBut(0);
  if (rowsOf(operation.input(0)) !== undefined && (shape === undefined || rows?.axis === shape.length - 1)) {
    operation.touching("adds up over the rows");
  }
  return operation.output(rows, shape && [...shape.slice(0, -1), operation.fresh()]);
}
