import type { Tensor } from "./tensor.js";

/** Values from which arrays are kept: V8 holds smaller ones in its own heap, where they cost nothing. */
const SMALLEST = 64;

/** Values of all spare arrays together; 4 MiB are 1,300 pictures of MNIST. */
const MOST_VALUES = 1024 * 1024;

/** Spare arrays by their length. */
const spares = new Map<number, Float32Array[]>();
let spareValues = 0;

/** An array for the values of a request. What it holds is left over from another one: all of it must be written. */
export function takeFloats(length: number): Float32Array {
  const spare = spares.get(length)?.pop();
  if (spare === undefined) {
    return new Float32Array(length);
  }
  spareValues -= length;
  return spare;
}

/**
 * Keeps a request's arrays for the next one: memory outside V8's heap is dear to take and to give back. To be called
 * once nobody reads the tensors any more.
 */
export function spareFloats(tensors: Readonly<Record<string, Tensor>>): void {
  for (const name in tensors) {
    const data = tensors[name]?.data;
    if (!(data instanceof Float32Array) || data.length < SMALLEST || data.length > MOST_VALUES) {
      continue;
    }
    // A view of a part is no array of its own.
    if (data.buffer.byteLength === data.byteLength) {
      keep(data);
    }
  }
}

function keep(data: Float32Array): void {
  spareValues += data.length;
  if (spareValues > MOST_VALUES) {
    // Lengths that nobody asks for any more would fill it for ever.
    spares.clear();
    spareValues = data.length;
  }
  const stack = spares.get(data.length);
  if (stack === undefined) {
    spares.set(data.length, [data]);
  } else {
    stack.push(data);
  }
}
