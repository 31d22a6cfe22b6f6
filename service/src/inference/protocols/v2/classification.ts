import { ServiceError } from "../../../server/errors.js";
import type { Classification } from "../../../models/model-config.js";
import type { Tensor } from "../../../tensors/tensor.js";

/**
 * Triton's classification extension: the `count` highest values of each row as BYTES, `value:index` and, where
 * config.json labels this output, `value:index:label`. Rows are along the first of two dimensions.
 * Throws invalid_input for an output that has no numbers or other dimensions.
 */
export function classify(
  tensor: Tensor,
  count: number,
  config: Classification | undefined,
  name: string,
): Tensor {
  const { data, shape } = tensor;
  const [rows, size] = shape;
  if (
    !(data instanceof Float32Array || data instanceof Float64Array) ||
    shape.length !== 2 ||
    !rows ||
    !size
  ) {
    throw new ServiceError("invalid_input", `Output ${name} has no scores to classify by.`, {
      path: "outputs",
    });
  }
  const labels = config?.output === name ? config.labels : [];
  const kept = Math.min(count, size);
  const texts = Array.from({ length: rows }, (_, row) => {
    const scores = data.subarray(row * size, (row + 1) * size);
    const best = Array.from(scores.keys()).sort((a, b) => order(scores[a] ?? 0, scores[b] ?? 0));
    return best.slice(0, kept).map((index) => {
      const label = labels[index];
      return `${(scores[index] ?? 0).toFixed(6)}:${index}${label === undefined ? "" : `:${label}`}`;
    });
  });
  return { datatype: "BYTES", shape: [rows, kept], data: texts.flat() };
}

/** The higher first, and behind all others what is no number. */
function order(left: number, right: number): number {
  return Number(Number.isNaN(left)) - Number(Number.isNaN(right)) || right - left || 0;
}
