import type { Datatype, TensorData } from "../tensor.js";

/** ONNX Runtime's names of element types, and the protocol's. */
const DATATYPE_BY_ONNX: Readonly<Record<string, Datatype>> = {
  bool: "BOOL",
  uint8: "UINT8",
  uint16: "UINT16",
  uint32: "UINT32",
  uint64: "UINT64",
  int8: "INT8",
  int16: "INT16",
  int32: "INT32",
  int64: "INT64",
  float16: "FP16",
  float32: "FP32",
  float64: "FP64",
  string: "BYTES",
};

export const ONNX_BY_DATATYPE = {
  BOOL: "bool",
  UINT8: "uint8",
  UINT16: "uint16",
  UINT32: "uint32",
  UINT64: "uint64",
  INT8: "int8",
  INT16: "int16",
  INT32: "int32",
  INT64: "int64",
  FP16: "float16",
  FP32: "float32",
  FP64: "float64",
  BYTES: "string",
} as const satisfies Record<Datatype, string>;

/** The protocol's name of an ONNX Runtime element type, or undefined for those that no array of JavaScript holds (int4). */
export function datatypeOf(onnxType: string): Datatype | undefined {
  return DATATYPE_BY_ONNX[onnxType];
}

const ARRAYS = {
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
} as const;

/** Zeroed data of `length` elements in the array type that `datatype` is kept in; empty strings for BYTES. */
export function allocate(datatype: Datatype, length: number): TensorData {
  return datatype === "BYTES" ? new Array<string>(length).fill("") : new ARRAYS[datatype](length);
}

/** Whether `data` is the array type that `datatype` is kept in. */
export function holds(datatype: Datatype, data: TensorData): boolean {
  return datatype === "BYTES" ? Array.isArray(data) : data instanceof ARRAYS[datatype];
}
