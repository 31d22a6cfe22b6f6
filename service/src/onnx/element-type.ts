import { DATATYPE_NAMES, DATATYPES, type Datatype } from "../tensors/datatypes.js";

/** TensorProto.DataType: the element types of ONNX that no tensor of this service has. */
const OTHERS = [
  { name: "COMPLEX64", number: 14 },
  { name: "COMPLEX128", number: 15 },
  { name: "BFLOAT16", number: 16 },
  { name: "FLOAT8E4M3FN", number: 17 },
  { name: "FLOAT8E4M3FNUZ", number: 18 },
  { name: "FLOAT8E5M2", number: 19 },
  { name: "FLOAT8E5M2FNUZ", number: 20 },
  { name: "UINT4", number: 21 },
  { name: "INT4", number: 22 },
  { name: "FLOAT4E2M1", number: 23 },
] as const;

export type ElementType =
  (typeof DATATYPES)[Datatype]["element"]["name"] | (typeof OTHERS)[number]["name"] | "UNDEFINED";

interface Entry {
  readonly name: ElementType;
  readonly number: number;
}

const ENTRIES: readonly Entry[] = [
  ...DATATYPE_NAMES.map((datatype) => DATATYPES[datatype].element),
  ...OTHERS,
];
const byNumber = new Map(ENTRIES.map(({ name, number }) => [number, name]));
const byName = new Map(ENTRIES.map((entry) => [entry.name, entry]));

/** The element type that a file's number means; `UNDEFINED` for 0 and for numbers newer than this list. */
export function elementTypeOf(number: number): ElementType {
  return byNumber.get(number) ?? "UNDEFINED";
}

/** The number that a file holds for `elementType`. */
export function numberOf(elementType: ElementType): number {
  return byName.get(elementType)?.number ?? 0;
}
