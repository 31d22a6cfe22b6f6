import type { Datatype, TensorData } from "../../inference/tensor.js";

/** Datatypes whose elements all take the same number of bytes. */
export type FixedDatatype = Exclude<Datatype, "BYTES">;

/** Bytes per element on the wire (Open Inference Protocol, "Tensor Data Types"). */
export const ELEMENT_BYTES: Readonly<Record<FixedDatatype, number>> = {
  BOOL: 1,
  UINT8: 1,
  UINT16: 2,
  UINT32: 4,
  UINT64: 8,
  INT8: 1,
  INT16: 2,
  INT32: 4,
  INT64: 8,
  FP16: 2,
  FP32: 4,
  FP64: 8,
};

type FixedData = Exclude<TensorData, string[]>;

interface ArrayConstructor {
  new (length: number): FixedData;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): FixedData;
}

export const ARRAYS: Readonly<Record<FixedDatatype, ArrayConstructor>> = {
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

/** Lowest and highest value of the integers that a JSON number holds exactly. */
export const INTEGER_RANGES = {
  UINT8: [0, 255],
  UINT16: [0, 65_535],
  UINT32: [0, 4_294_967_295],
  INT8: [-128, 127],
  INT16: [-32_768, 32_767],
  INT32: [-2_147_483_648, 2_147_483_647],
} as const satisfies Partial<Record<Datatype, readonly [number, number]>>;

export const BIG_INTEGER_RANGES = {
  UINT64: [0n, 2n ** 64n - 1n],
  INT64: [-(2n ** 63n), 2n ** 63n - 1n],
} as const satisfies Partial<Record<Datatype, readonly [bigint, bigint]>>;
