import type { ElementType } from "./element-type.js";
import type {
  OnnxAttribute,
  OnnxDimension,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  OnnxValue,
} from "./types.js";

/** ONNX 1.12's: every runtime since mid 2022 reads them. */
const IR_VERSION = 8;
const OPSET_VERSION = 17;
/** Operators of classical models: encoders, vectorizers, linear and tree models. */
const ML_DOMAIN = "ai.onnx.ml";
const ML_OPSET_VERSION = 3;

/** A model around `graph`, whose names must be unique within it. */
export function model(
  graph: OnnxGraph,
  facts: Partial<Pick<OnnxModel, "producerName" | "producerVersion" | "description" | "metadata">> = {},
): OnnxModel {
  return {
    irVersion: IR_VERSION,
    producerName: "",
    producerVersion: "",
    description: "",
    metadata: {},
    opsets: [
      { domain: "", version: OPSET_VERSION },
      ...(graph.nodes.some(({ domain }) => domain === ML_DOMAIN)
        ? [{ domain: ML_DOMAIN, version: ML_OPSET_VERSION }]
        : []),
    ],
    graph,
    ...facts,
  };
}

/** An input or output; a dimension that is a name is chosen by each run. */
export function value(name: string, elementType: ElementType, shape: readonly OnnxDimension[]): OnnxValue {
  return {
    name,
    kind: "tensor",
    elementType,
    shape,
  };
}

/** A node of ONNX's own operator set, named after its first output. */
export function node(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, OnnxAttribute>> = {},
): OnnxNode {
  return { name: outputs[0] ?? operator, operator, domain: "", inputs, outputs, attributes };
}

/** A node of the classical models' operator set. */
export function mlNode(...parts: Parameters<typeof node>): OnnxNode {
  return {
    ...node(...parts),
    domain: ML_DOMAIN,
  };
}

/** A constant of 32-bit floats, row-major. */
export function floats(name: string, shape: readonly number[], values: Iterable<number>): OnnxTensor {
  return raw(name, "FLOAT", shape, Float32Array.from(values));
}

/** A constant of 64-bit integers, row-major. */
export function ints(name: string, shape: readonly number[], values: readonly number[]): OnnxTensor {
  return raw(name, "INT64", shape, BigInt64Array.from(values.map(BigInt)));
}

// Typed arrays are little-endian on every platform that Node.js and ONNX Runtime are built for.
function raw(
  name: string,
  elementType: ElementType,
  shape: readonly number[],
  { buffer, byteOffset, byteLength }: Float32Array | BigInt64Array,
): OnnxTensor {
  return {
    name,
    elementType,
    shape,
    data: { kind: "raw", bytes: new Uint8Array(buffer, byteOffset, byteLength) },
  };
}
