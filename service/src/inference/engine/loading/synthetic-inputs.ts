import { product } from "../../../tensors/shape.js";
import { allocate } from "../../../tensors/datatypes.js";
import type { DeclaredTensor } from "../session/session.js";
import type { Tensor } from "../../../tensors/tensor.js";

/** Zeroes (or empty strings) of the shapes that a graph declares, with `rows` as dimension 0 when given; other free dimensions are 1. */
export function syntheticInputs(inputs: readonly DeclaredTensor[], rows: number | undefined): Tensor[] {
  return inputs.map(({ datatype, shape: declared }) => {
    const shape = declared.map((dimension, index) =>
      index === 0 && rows !== undefined ? rows : dimension === -1 ? 1 : dimension,
    );
    return {
      datatype,
      shape,
      data: allocate(datatype, product(shape)),
    };
  });
}
