import { product } from "../../tensors/shape.js";
import type { ElementType } from "../element-type.js";
import type { OnnxAttribute, OnnxTensor } from "../types.js";
import { MOST_ELEMENTS } from "./fold.js";
import { constant, ONE } from "./lengths.js";
import { known, type Known } from "./values.js";

type Reader = (view: DataView, at: number) => number;

/** How elements lie in raw bytes, for the types that shapes are computed in. */
const READERS: ReadonlyMap<ElementType, readonly [bytes: number, read: Reader]> = new Map<
  ElementType,
  readonly [bytes: number, read: Reader]
>([
  ["INT64", [8, (view, at) => Number(view.getBigInt64(at, true))]],
  ["INT32", [4, (view, at) => view.getInt32(at, true)]],
  ["INT8", [1, (view, at) => view.getInt8(at)]],
  ["UINT8", [1, (view, at) => view.getUint8(at)]],
  ["BOOL", [1, (view, at) => view.getUint8(at)]],
  ["FLOAT", [4, (view, at) => view.getFloat32(at, true)]],
  ["DOUBLE", [8, (view, at) => view.getFloat64(at, true)]],
]);

const REAL = new Set<ElementType>(["FLOAT", "DOUBLE"]);

/** A weight or another constant of the file: its shape, and its elements when they are few. */
export function constantOf(tensor: OnnxTensor): Known {
  const shape = tensor.shape.map(constant);
  const values = numbersIn(tensor);
  return values?.every(Number.isFinite)
    ? known(shape, values.map(constant), !REAL.has(tensor.elementType))
    : { kind: "free", shape };
}

/** What a Constant node gives; undefined for an attribute that is no constant. */
export function constantIn(name: string, attribute: OnnxAttribute): Known | undefined {
  switch (attribute.kind) {
    case "tensor":
      return constantOf(attribute.value);
    case "int":
      return known([], [constant(attribute.value)]);
    case "float":
      return known([], [constant(attribute.value)], false);
    case "ints":
    case "floats": {
      const shape = [constant(attribute.value.length)];
      return attribute.value.length > MOST_ELEMENTS
        ? { kind: "free", shape }
        : known(shape, attribute.value.map(constant), attribute.kind === "ints");
    }
    case "string":
      return { kind: "free", shape: [] };
    case "strings":
      return { kind: "free", shape: [attribute.value.length === 1 ? ONE : constant(attribute.value.length)] };
    default:
      return name === "sparse_value" ? { kind: "free", shape: undefined } : undefined;
  }
}

/** The elements of a small tensor of a type that shapes are computed in. */
function numbersIn({ shape, elementType, data }: OnnxTensor): readonly number[] | undefined {
  const count = product(shape);
  const reader = READERS.get(elementType);
  if (count > MOST_ELEMENTS || reader === undefined) {
    return undefined;
  }
  if (data.kind === "numbers") {
    return data.values.length === count ? data.values : undefined;
  }
  const [bytes, read] = reader;
  if (data.kind !== "raw" || data.bytes.length !== count * bytes) {
    return undefined;
  }
  const view = new DataView(data.bytes.buffer, data.bytes.byteOffset, data.bytes.byteLength);
  return Array.from({ length: count }, (_, index) => read(view, index * bytes));
}
