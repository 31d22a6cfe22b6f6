import { ELEMENT_ARRAYS } from "./element-arrays.js";
import { DATATYPES, type Datatype, type TensorData } from "./tensor.js";

/** ONNX Runtime's names of element types. */
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

const DATATYPE_BY_ONNX: ReadonlyMap<string, Datatype> = new Map(
  DATATYPES.map((datatype) => [ONNX_BY_DATATYPE[datatype], datatype]),
);

/** The protocol's name of an ONNX Runtime element type, or undefined for those that no array of JavaScript holds (int4). */
export function datatypeOf(onnxType: string): Datatype | undefined {
  return DATATYPE_BY_ONNX.get(onnxType);
}

/** Zeroed data of `length` elements in the array type that `datatype` is kept in; empty strings for BYTES. */
export function allocate(datatype: Datatype, length: number): TensorData {
  return datatype === "BYTES" ? new Array<string>(length).fill("") : new ELEMENT_ARRAYS[datatype](length);
}

/** Whether `data` is the array type that `datatype` is kept in. */
export function holds(datatype: Datatype, data: TensorData): boolean {
  return datatype === "BYTES" ? Array.isArray(data) : data instanceof ELEMENT_ARRAYS[datatype];
}
