/** Data of a tensor, row-major. FP16 is kept as raw 16-bit patterns; BYTES as one string per element. */
export type TensorData =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array
  | string[];

/** An array type of elements that all take the same number of bytes, in memory and on the wire. */
export interface ElementArray {
  new (length: number): Exclude<TensorData, string[]>;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): Exclude<TensorData, string[]>;
  readonly BYTES_PER_ELEMENT: number;
}

/** What is to be known of a datatype of the Open Inference Protocol. */
interface DatatypeRow {
  /** The array type that it is kept in; absent for strings. */
  readonly array?: ElementArray;
  /** How values are written as JSON, and checked. */
  readonly kind: "boolean" | "integer" | "long" | "half" | "float" | "text";
  /** Lowest and highest value of an integer. */
  readonly range?: readonly [lowest: number, highest: number] | readonly [lowest: bigint, highest: bigint];
  /** A value of it, with its article, as messages name it. */
  readonly value: string;
  /** ONNX Runtime's name. */
  readonly runtime: string;
  /** Name and number in an ONNX file: TensorProto.DataType. */
  readonly element: { readonly name: string; readonly number: number };
  /** TensorFlow's name. */
  readonly tensorflow: string;
  /** Triton's name in a model's configuration. */
  readonly triton: string;
}

/** The datatypes that this service carries, by their names in the Open Inference Protocol; the one table of them. */
export const DATATYPES = {
  BOOL: {
    array: Uint8Array,
    kind: "boolean",
    value: "a boolean",
    runtime: "bool",
    element: { name: "BOOL", number: 9 },
    tensorflow: "DT_BOOL",
    triton: "TYPE_BOOL",
  },
  UINT8: {
    array: Uint8Array,
    kind: "integer",
    range: [0, 255],
    value: "a whole number from 0 to 255",
    runtime: "uint8",
    element: { name: "UINT8", number: 2 },
    tensorflow: "DT_UINT8",
    triton: "TYPE_UINT8",
  },
  UINT16: {
    array: Uint16Array,
    kind: "integer",
    range: [0, 65_535],
    value: "a whole number from 0 to 65535",
    runtime: "uint16",
    element: { name: "UINT16", number: 4 },
    tensorflow: "DT_UINT16",
    triton: "TYPE_UINT16",
  },
  UINT32: {
    array: Uint32Array,
    kind: "integer",
    range: [0, 4_294_967_295],
    value: "a whole number from 0 to 4294967295",
    runtime: "uint32",
    element: { name: "UINT32", number: 12 },
    tensorflow: "DT_UINT32",
    triton: "TYPE_UINT32",
  },
  UINT64: {
    array: BigUint64Array,
    kind: "long",
    range: [0n, 2n ** 64n - 1n],
    value: "a whole number from 0 to 2^64 - 1, written with all its digits",
    runtime: "uint64",
    element: { name: "UINT64", number: 13 },
    tensorflow: "DT_UINT64",
    triton: "TYPE_UINT64",
  },
  INT8: {
    array: Int8Array,
    kind: "integer",
    range: [-128, 127],
    value: "a whole number from -128 to 127",
    runtime: "int8",
    element: { name: "INT8", number: 3 },
    tensorflow: "DT_INT8",
    triton: "TYPE_INT8",
  },
  INT16: {
    array: Int16Array,
    kind: "integer",
    range: [-32_768, 32_767],
    value: "a whole number from -32768 to 32767",
    runtime: "int16",
    element: { name: "INT16", number: 5 },
    tensorflow: "DT_INT16",
    triton: "TYPE_INT16",
  },
  INT32: {
    array: Int32Array,
    kind: "integer",
    range: [-2_147_483_648, 2_147_483_647],
    value: "a whole number from -2^31 to 2^31 - 1",
    runtime: "int32",
    element: { name: "INT32", number: 6 },
    tensorflow: "DT_INT32",
    triton: "TYPE_INT32",
  },
  INT64: {
    array: BigInt64Array,
    kind: "long",
    range: [-(2n ** 63n), 2n ** 63n - 1n],
    value: "a whole number from -2^63 to 2^63 - 1, written with all its digits",
    runtime: "int64",
    element: { name: "INT64", number: 7 },
    tensorflow: "DT_INT64",
    triton: "TYPE_INT64",
  },
  FP16: {
    array: Uint16Array,
    kind: "half",
    value: "a 16-bit number",
    runtime: "float16",
    element: { name: "FLOAT16", number: 10 },
    tensorflow: "DT_HALF",
    triton: "TYPE_FP16",
  },
  FP32: {
    array: Float32Array,
    kind: "float",
    value: "a 32-bit number",
    runtime: "float32",
    element: { name: "FLOAT", number: 1 },
    tensorflow: "DT_FLOAT",
    triton: "TYPE_FP32",
  },
  FP64: {
    array: Float64Array,
    kind: "float",
    value: "a 64-bit number",
    runtime: "float64",
    element: { name: "DOUBLE", number: 11 },
    tensorflow: "DT_DOUBLE",
    triton: "TYPE_FP64",
  },
  BYTES: {
    kind: "text",
    value: "a string of Unicode text without NUL",
    runtime: "string",
    element: { name: "STRING", number: 8 },
    tensorflow: "DT_STRING",
    triton: "TYPE_STRING",
  },
} as const satisfies Readonly<Record<string, DatatypeRow>>;

export type Datatype = keyof typeof DATATYPES;

/** Datatypes whose elements all take the same number of bytes. */
export type FixedDatatype = Exclude<Datatype, "BYTES">;

export const DATATYPE_NAMES = Object.keys(DATATYPES) as [Datatype, ...Datatype[]];

/** The row of a datatype. */
export function rowOf(datatype: Datatype): DatatypeRow {
  return DATATYPES[datatype];
}

/** The array type of a datatype. */
export function arrayOf(datatype: FixedDatatype): ElementArray {
  return DATATYPES[datatype].array;
}

const BY_RUNTIME_NAME: ReadonlyMap<string, Datatype> = new Map(
  DATATYPE_NAMES.map((datatype) => [DATATYPES[datatype].runtime, datatype]),
);

/** The datatype that ONNX Runtime calls so; undefined for types that no array of JavaScript holds (int4). */
export function datatypeOfRuntime(name: string): Datatype | undefined {
  return BY_RUNTIME_NAME.get(name);
}

/** Zeroed data of `length` elements in the array type that `datatype` is kept in; empty strings for BYTES. */
export function allocate(datatype: Datatype, length: number): TensorData {
  return datatype === "BYTES" ? new Array<string>(length).fill("") : new DATATYPES[datatype].array(length);
}

/** Whether `data` is the array type that `datatype` is kept in. */
export function holds(datatype: Datatype, data: TensorData): boolean {
  return datatype === "BYTES" ? Array.isArray(data) : data instanceof DATATYPES[datatype].array;
}
