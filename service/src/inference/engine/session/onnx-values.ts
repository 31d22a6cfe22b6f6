import { Tensor as OnnxTensor } from "onnxruntime-node";
import type { Binding } from "onnxruntime-node/dist/binding.js";
import { elementTypeOf } from "../../../onnx/element-type.js";
import {
  DATATYPE_NAMES,
  DATATYPES,
  datatypeOfRuntime,
  type Datatype,
  type TensorData,
} from "../../../tensors/datatypes.js";
import type { Tensor } from "../../../tensors/tensor.js";
import type { Adaptation } from "../../../onnx/adapt/adapt-model.js";
import type { DeclaredTensor } from "./session.js";

/** ONNX Runtime's view of a graph's inputs and outputs. */
export interface GraphMetadata {
  readonly inputMetadata: readonly Binding.ValueMetadata[];
  readonly outputMetadata: readonly Binding.ValueMetadata[];
}

const BY_NUMBER: ReadonlyMap<number, Datatype> = new Map(
  DATATYPE_NAMES.map((datatype) => [DATATYPES[datatype].element.number, datatype]),
);

/** What a graph takes and gives, in the protocol's terms. */
export interface GraphDeclaration {
  readonly inputs: readonly DeclaredTensor[];
  readonly outputs: readonly DeclaredTensor[];
  readonly unservedOutputs: readonly string[];
}

/** Throws when an input is not a tensor, or a tensor has elements that no array of JavaScript holds. */
export function declareGraph(
  { inputMetadata, outputMetadata }: GraphMetadata,
  adaptation: Adaptation,
): GraphDeclaration {
  const declareTensor = (metadata: Binding.ValueMetadata): DeclaredTensor[] => declare(metadata, adaptation);
  const unserved = inputMetadata.find((input) => !input.isTensor);
  if (unserved) {
    throw new Error(`Input '${unserved.name}' is not a tensor.`);
  }
  const outputs = outputMetadata.flatMap(declareTensor);
  if (outputs.length === 0) {
    throw new Error("No output is a tensor.");
  }
  return {
    inputs: inputMetadata.flatMap(declareTensor),
    outputs,
    unservedOutputs: outputMetadata.filter((output) => !output.isTensor).map(({ name }) => name),
  };
}

/**
 * A tensor as ONNX Runtime takes it. Half floats go without the runtime's own class: where Node.js has Float16Array (from
 * 24 on) that class makes one of their bits, which the binding of onnxruntime-node 1.30 cannot read.
 */
export function toOnnx({ datatype, data, shape }: Tensor): OnnxTensor {
  const { runtime } = DATATYPES[datatype];
  return runtime === "float16"
    ? ({ type: runtime, dims: shape, data, location: "cpu" } as unknown as OnnxTensor)
    : new OnnxTensor(runtime, data, shape);
}

/** An output's value as ONNX Runtime gives it. */
export interface OnnxValue {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
}

/** Throws when the result lacks the output `name`. */
export function fromOnnx(name: string, value: OnnxValue | undefined): Tensor {
  const datatype = value && datatypeOfRuntime(value.type);
  if (!datatype) {
    throw new Error(`Output '${name}' is missing from the result.`);
  }
  const data = value.data as TensorData;
  return { datatype, shape: value.dims, data: datatype === "FP16" ? bits(data) : data };
}

function declare(
  { name, isTensor, type, shape, symbolicDimensions }: Binding.ValueMetadata,
  { defaults, unranked }: Adaptation,
): DeclaredTensor[] {
  if (!isTensor) {
    return [];
  }
  const datatype = BY_NUMBER.get(type);
  if (!datatype) {
    throw new Error(`'${name}' has elements of type ${elementTypeOf(type)}, which are not served.`);
  }
  const preset = defaults.get(name);
  return [
    {
      name,
      datatype,
      shape,
      symbols: shape.map((size, index) => (size === -1 ? (symbolicDimensions[index] ?? "") : "")),
      // Where the file leaves the rank open and the runtime infers it, what it infers counts.
      ...(shape.length === 0 && unranked.has(name) && { unranked: true }),
      ...(preset && { default: preset }),
    },
  ];
}

/** Newer runtimes give half floats as Float16Array; the protocol's tensors hold their bits. */
function bits(data: TensorData): TensorData {
  if (Array.isArray(data) || data instanceof Uint16Array) {
    return data;
  }
  return new Uint16Array(data.buffer, data.byteOffset, data.length);
}
