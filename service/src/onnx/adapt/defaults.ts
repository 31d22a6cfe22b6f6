import { readNumbers } from "../../tensors/bytes.js";
import { allocate, arrayOf, DATATYPE_NAMES, DATATYPES, type Datatype } from "../../tensors/datatypes.js";
import { product } from "../../tensors/shape.js";
import type { Tensor } from "../../tensors/tensor.js";
import type { OnnxModel, OnnxTensor } from "../types.js";

/** An input that may be left out, for it has a value of its own. */
export interface DefaultedInput {
  readonly name: string;
  readonly initializerIndex: number;
  readonly tensor: Tensor;
}

/** Before it, all initializers were listed as inputs, and none could be overridden. */
const FIRST_IR_VERSION = 4;

/** Defaults at most, and values of each. Where there are more, an exporter has listed all weights as inputs. */
const MOST_DEFAULTS = 16;
const MOST_VALUES = 1024;

/** Inputs that an initializer of the same name gives a default, unless those are the model's weights. */
export function defaultedInputs({ irVersion, graph }: OnnxModel): DefaultedInput[] {
  const inputs = new Set(graph.inputs.map(({ name }) => name));
  const found = graph.initializers
    .map((initializer, initializerIndex) => ({ initializer, initializerIndex }))
    .filter(({ initializer }) => inputs.has(initializer.name));
  const areWeights =
    found.length > MOST_DEFAULTS || found.some(({ initializer }) => product(initializer.shape) > MOST_VALUES);
  if (irVersion < FIRST_IR_VERSION || areWeights) {
    return [];
  }
  return found.flatMap(({ initializer, initializerIndex }) => {
    const tensor = tensorOf(initializer);
    return tensor ? [{ name: initializer.name, initializerIndex, tensor }] : [];
  });
}

/** Undefined for what lies in another file, and for element types that are not served. */
function tensorOf({ elementType, shape, data }: OnnxTensor): Tensor | undefined {
  const datatype = DATATYPE_NAMES.find((each) => DATATYPES[each].element.name === elementType);
  if (datatype === undefined) {
    return undefined;
  }
  switch (data.kind) {
    case "external":
      return undefined;
    case "strings":
      return { datatype, shape, data: [...data.values] };
    case "raw":
      return rawTensor(datatype, shape, data.bytes);
    case "numbers":
      return { datatype, shape, data: numbersOf(datatype, data.values) };
  }
}

/** Undefined when there are not so many bytes, of which the runtime says more. A copy, for they are part of the whole file. */
function rawTensor(datatype: Datatype, shape: readonly number[], bytes: Uint8Array): Tensor | undefined {
  const length = product(shape);
  return datatype !== "BYTES" && bytes.length === length * arrayOf(datatype).BYTES_PER_ELEMENT
    ? { datatype, shape, data: readNumbers(Uint8Array.from(bytes), datatype, length, "default") }
    : undefined;
}

function numbersOf(datatype: Datatype, values: readonly number[]): Tensor["data"] {
  const data = allocate(datatype, values.length);
  const isLong = DATATYPES[datatype].kind === "long";
  const target = data as { [index: number]: unknown };
  values.forEach((value, index) => {
    target[index] = isLong ? BigInt(value) : value;
  });
  return data;
}
