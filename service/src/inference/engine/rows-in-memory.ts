import { ServiceError } from "../../server/errors.js";
import type { RunMemory } from "../../onnx/run-memory.js";
import type { Tensor } from "../../tensors/tensor.js";

/**
 * How many rows of a request's shapes may run at once in `limitBytes`, `maxRows` at most. The function throws too_large
 * when even one row, or the whole of a request that is not batched, needs more.
 */
export function rowsInMemory(
  memory: RunMemory,
  limitBytes: number,
  { batched, maxRows }: { readonly batched: boolean; readonly maxRows: number },
): (inputs: readonly Tensor[]) => number {
  const bytesFor = (inputs: readonly Tensor[], rows: number): number =>
    copiedBytes(inputs, batched, rows) +
    memory.bytes(inputs.map(({ shape }) => (batched ? [rows, ...shape.slice(1)] : shape)));
  return (inputs) => {
    let rows = maxRows;
    let bytes = bytesFor(inputs, rows);
    while (bytes > limitBytes && rows > 1) {
      rows = Math.max(1, Math.min(rows - 1, Math.floor((rows * limitBytes) / bytes)));
      bytes = bytesFor(inputs, rows);
    }
    if (bytes > limitBytes) {
      throw new ServiceError(
        "too_large",
        `To run, an input of this shape needs at least ${gigabytes(bytes)}; MAX_RUN_BYTES is ${gigabytes(limitBytes)}.`,
        { path: "inputs" },
      );
    }
    return rows;
  };
}

/** How often inputs are there beside the requests' own: joined, on their way to the model's thread, and there. */
const COPIES = 3;

/** Bytes of the inputs' copies when so many rows run together. */
function copiedBytes(inputs: readonly Tensor[], batched: boolean, rows: number): number {
  let bytes = 0;
  for (const { data, shape } of inputs) {
    const own = "byteLength" in data ? data.byteLength : 0;
    bytes += batched ? (own / (shape[0] || 1)) * rows : own;
  }
  return COPIES * bytes;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
