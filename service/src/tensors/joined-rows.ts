import type { TensorData } from "./datatypes.js";
import type { Tensor } from "./tensor.js";
import { allocate } from "./datatypes.js";

/**
 * Joins requests' tensors along their rows into buffers that are kept from batch to batch, so that a batch allocates
 * nothing that grows with its size. One joiner serves one run at a time: its result is overwritten by the next `join`.
 */
export class RowJoiner {
  private readonly buffers: TensorData[] = [];

  /** `whole` are the inputs that have no rows: they are the same in all requests of a batch. */
  constructor(private readonly whole: readonly boolean[] = []) {}

  /**
   * `requests[r][i]` is input `i` of request `r`; shapes `[rows, ...]`, equal but for the rows. Gives one tensor per
   * input with `totalRows` rows; those past the last request's (padding of a fixed batch) repeat the first row.
   */
  join(requests: readonly (readonly Tensor[])[], totalRows: number): readonly Tensor[] {
    const first = requests[0];
    if (!first) {
      return [];
    }
    const isComplete = (tensor: Tensor, input: number): boolean =>
      tensor.shape[0] === totalRows || this.whole[input] === true;
    if (requests.length === 1 && first.every(isComplete)) {
      return first;
    }
    return first.map((model, input) => {
      if (this.whole[input]) {
        return model;
      }
      const rowLength = rowLengthOf(model);
      const length = totalRows * rowLength;
      const buffer = this.bufferFor(input, model, length);
      const filled = fill(buffer, requests, input);
      for (let at = filled; at < length; at += rowLength) {
        copyRow(buffer, at, rowLength);
      }
      return {
        datatype: model.datatype,
        shape: [totalRows, ...model.shape.slice(1)],
        data: buffer.length === length ? buffer : slice(buffer, 0, length),
      };
    });
  }

  private bufferFor(input: number, { datatype }: Tensor, length: number): TensorData {
    const kept = this.buffers[input];
    if (kept && kept.length >= length) {
      return kept;
    }
    const buffer = allocate(datatype, length);
    this.buffers[input] = buffer;
    return buffer;
  }
}

/** Rows `from` to `from + rows` of a tensor of shape `[n, ...]`; numbers are a view, not a copy. */
export function takeRows(tensor: Tensor, from: number, rows: number): Tensor {
  if (from === 0 && tensor.shape[0] === rows) {
    return tensor;
  }
  const rowLength = rowLengthOf(tensor);
  return {
    datatype: tensor.datatype,
    shape: [rows, ...tensor.shape.slice(1)],
    data: slice(tensor.data, from * rowLength, (from + rows) * rowLength),
  };
}

/** Puts the parts of one split request together again: per output, the parts' rows in order. */
export function concatRows(parts: readonly Tensor[]): Tensor {
  const rows = parts.reduce((sum, part) => sum + (part.shape[0] ?? 0), 0);
  const [joined] = new RowJoiner().join(
    parts.map((part) => [part]),
    rows,
  );
  if (!joined) {
    throw new RangeError("There is nothing to join.");
  }
  return joined;
}

/** `rows` rows of a tensor of shape `[n, ...]`, from the first on and over again. */
export function repeatRows(tensor: Tensor, rows: number): Tensor {
  const there = tensor.shape[0] ?? 0;
  const parts = Array.from({ length: Math.ceil(rows / there) }, (_, part) =>
    takeRows(tensor, 0, Math.min(there, rows - part * there)),
  );
  return concatRows(parts);
}

/** Elements per row; 1 for a tensor with no dimension but the batch. */
function rowLengthOf({ shape }: Tensor): number {
  let length = 1;
  for (let dimension = 1; dimension < shape.length; dimension += 1) {
    length *= shape[dimension] ?? 1;
  }
  return length;
}

function fill(buffer: TensorData, requests: readonly (readonly Tensor[])[], input: number): number {
  let at = 0;
  for (const request of requests) {
    const data = request[input]?.data;
    if (data) {
      at += copy(buffer, data, at);
    }
  }
  return at;
}

/** Both arrays are of one type: the requests were checked against the model's declaration. */
function copy(target: TensorData, source: TensorData, at: number): number {
  if (Array.isArray(target)) {
    for (let index = 0; index < source.length; index += 1) {
      target[at + index] = source[index] as string;
    }
  } else {
    (target as Float32Array).set(source as Float32Array, at);
  }
  return source.length;
}

function copyRow(buffer: TensorData, at: number, rowLength: number): void {
  buffer.copyWithin(at, 0, rowLength);
}

function slice(data: TensorData, from: number, to: number): TensorData {
  return Array.isArray(data) ? data.slice(from, to) : data.subarray(from, to);
}
