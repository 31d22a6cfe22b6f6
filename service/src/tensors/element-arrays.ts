import type { Datatype, TensorData } from "./tensor.js";

/** Datatypes whose elements all take the same number of bytes. */
export type FixedDatatype = Exclude<Datatype, "BYTES">;

interface ElementArray {
  new (length: number): Exclude<TensorData, string[]>;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): Exclude<TensorData, string[]>;
  /** In memory, and on the wire (Open Inference Protocol, "Tensor Data Types"). */
  readonly BYTES_PER_ELEMENT: number;
}

/** The array type that each datatype is kept in. */
export const ELEMENT_ARRAYS: Readonly<Record<FixedDatatype, ElementArray>> = {
  BOOL: Uint8Array,
  UINT8: Uint8Array,
  UINT16: Uint16Array,
  UINT32: Uint32Array,
  UINT64: BigUint64Array,
  INT8: Int8Array,
  INT16: Int16Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  FP16: Uint16Array,
  FP32: Float32Array,
  FP64: Float64Array,
};

export function bytesPerElement(datatype: FixedDatatype): number {
  return ELEMENT_ARRAYS[datatype].BYTES_PER_ELEMENT;
}
