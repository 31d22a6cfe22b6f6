import { product } from "../../../tensors/shape.js";
import { allocate } from "../../../tensors/datatypes.js";
import type { Tensor, TensorSpec } from "../../../tensors/tensor.js";

/** The length that dimension `axis` of input number `input`, which requests choose, is given; undefined: none is known. */
export type FreeLength = (input: number, axis: number) => number | undefined;

/**
 * Defaults, and else zeroes (or empty strings) of the shapes that a graph declares, with `rows` as dimension 0 when given; other free
 * dimensions are as long as `free` says, 1 where it says nothing. Throws when a tensor would have more than `mostElements`.
 */
export function syntheticInputs(
  inputs: readonly TensorSpec[],
  rows: number | undefined,
  free: FreeLength = () => 1,
  mostElements = Infinity,
): Tensor[] {
  return inputs.map(({ name, datatype, shape: declared, default: preset }, input) => {
    if (preset) {
      return preset;
    }
    const shape = declared.map((size, axis) => {
      if (axis === 0 && rows !== undefined) {
        return rows;
      }
      return size === -1 ? (free(input, axis) ?? 1) : size;
    });
    if (product(shape) > mostElements) {
      throw new Error(`Input '${name}' would have ${product(shape)} elements.`);
    }
    return {
      datatype,
      shape,
      data: allocate(datatype, product(shape)),
    };
  });
}
