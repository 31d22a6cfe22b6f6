import type { Datatype } from "../tensors/tensor.js";

/** TensorProto.DataType: ONNX's names and numbers, with the datatype that the Open Inference Protocol gives each. */
const ELEMENT_TYPES = [
  { name: "FLOAT", number: 1, datatype: "FP32" },
  { name: "UINT8", number: 2, datatype: "UINT8" },
  { name: "INT8", number: 3, datatype: "INT8" },
  { name: "UINT16", number: 4, datatype: "UINT16" },
  { name: "INT16", number: 5, datatype: "INT16" },
  { name: "INT32", number: 6, datatype: "INT32" },
  { name: "INT64", number: 7, datatype: "INT64" },
  { name: "STRING", number: 8, datatype: "BYTES" },
  { name: "BOOL", number: 9, datatype: "BOOL" },
  { name: "FLOAT16", number: 10, datatype: "FP16" },
  { name: "DOUBLE", number: 11, datatype: "FP64" },
  { name: "UINT32", number: 12, datatype: "UINT32" },
  { name: "UINT64", number: 13, datatype: "UINT64" },
  { name: "COMPLEX64", number: 14, datatype: undefined },
  { name: "COMPLEX128", number: 15, datatype: undefined },
  { name: "BFLOAT16", number: 16, datatype: undefined },
  { name: "FLOAT8E4M3FN", number: 17, datatype: undefined },
  { name: "FLOAT8E4M3FNUZ", number: 18, datatype: undefined },
  { name: "FLOAT8E5M2", number: 19, datatype: undefined },
  { name: "FLOAT8E5M2FNUZ", number: 20, datatype: undefined },
  { name: "UINT4", number: 21, datatype: undefined },
  { name: "INT4", number: 22, datatype: undefined },
  { name: "FLOAT4E2M1", number: 23, datatype: undefined },
] as const satisfies readonly { name: string; number: number; datatype: Datatype | undefined }[];

export type ElementType = (typeof ELEMENT_TYPES)[number]["name"] | "UNDEFINED";

const byNumber = new Map<number, ElementType>(ELEMENT_TYPES.map(({ name, number }) => [number, name]));
const byName = new Map<ElementType, (typeof ELEMENT_TYPES)[number]>(
  ELEMENT_TYPES.map((entry) => [entry.name, entry]),
);

/** The element type that a file's number means; `UNDEFINED` for 0 and for numbers newer than this list. */
export function elementTypeOf(number: number): ElementType {
  return byNumber.get(number) ?? "UNDEFINED";
}

/** The number that a file holds for `elementType`. */
export function numberOf(elementType: ElementType): number {
  return byName.get(elementType)?.number ?? 0;
}

/** The protocol's name for `elementType`; undefined where the protocol has none that this service carries. */
export function datatypeOf(elementType: ElementType): Datatype | undefined {
  return byName.get(elementType)?.datatype;
}
