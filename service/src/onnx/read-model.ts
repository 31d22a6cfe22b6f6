/** ONNX: reads, writes and analyses model files without running them. */

import { messageOf } from "../server/errors.js";
import { elementTypeOf } from "./element-type.js";
import {
  ATTRIBUTE_TYPE,
  EXTERNAL_LOCATION,
  ModelProto,
  type AttributeMessage,
  type EntryMessage,
  type FunctionMessage,
  type GraphMessage,
  type ModelMessage,
  type NodeMessage,
  type TensorMessage,
  type TensorTypeMessage,
  type ValueMessage,
} from "./messages.js";
import type {
  OnnxAttribute,
  OnnxDimension,
  OnnxFunction,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  OnnxTensorData,
  OnnxValue,
} from "./types.js";

/** The bytes are not an ONNX model. */
export class OnnxFormatError extends Error {
  override readonly name = "OnnxFormatError";
}

/**
 * Reads an ONNX file's bytes (a serialized ModelProto). Weights are views into `bytes`, not copies.
 * Throws OnnxFormatError.
 */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  const message = decodeMessage(bytes);
  if (message.graph === null || message.irVersion <= 0) {
    throw new OnnxFormatError("This is not an ONNX model: it holds no graph.");
  }
  return {
    irVersion: message.irVersion,
    producerName: message.producerName,
    producerVersion: message.producerVersion,
    description: message.docString,
    opsets: message.opsetImport.map(({ domain, version }) => ({ domain, version })),
    metadata: toRecord(message.metadataProps),
    graph: toGraph(message.graph),
    ...(message.functions.length > 0 && { functions: message.functions.map(toFunction) }),
  };
}

function decodeMessage(bytes: Uint8Array): ModelMessage {
  try {
    const message = ModelProto.decode(bytes);
    // Lengths and counts fit a double; every field is filled so that the types above hold.
    return ModelProto.toObject(message, { longs: Number, defaults: true }) as ModelMessage;
  } catch (cause) {
    const reason = messageOf(cause);
    throw new OnnxFormatError(`This is not an ONNX model: ${reason}.`, { cause });
  }
}

function toRecord(entries: readonly EntryMessage[]): Record<string, string> {
  return Object.fromEntries(entries.map(({ key, value }) => [key, value]));
}

function toGraph(graph: GraphMessage): OnnxGraph {
  return {
    name: graph.name,
    nodes: graph.node.map(toNode),
    inputs: graph.input.map(toValue),
    outputs: graph.output.map(toValue),
    initializers: graph.initializer.map(toTensor),
    ...(graph.valueInfo.length > 0 && { valueInfo: graph.valueInfo.map(toValue) }),
  };
}

function toFunction(message: FunctionMessage): OnnxFunction {
  const defaults = message.attributeProto.map(
    (attribute) => [attribute.name, toAttribute(attribute)] as const,
  );
  return {
    name: message.name,
    domain: message.domain,
    overload: message.overload,
    inputs: message.input,
    outputs: message.output,
    attributes: Object.fromEntries([
      ...message.attribute.map((name) => [name, undefined] as const),
      ...defaults,
    ]),
    nodes: message.node.map(toNode),
    opsets: message.opsetImport.map(({ domain, version }) => ({ domain, version })),
  };
}

function toNode(node: NodeMessage): OnnxNode {
  return {
    name: node.name,
    operator: node.opType,
    domain: node.domain,
    ...(node.overload !== "" && { overload: node.overload }),
    inputs: node.input,
    outputs: node.output,
    attributes: Object.fromEntries(
      node.attribute.map((attribute) => [attribute.name, toAttribute(attribute)]),
    ),
  };
}

function toAttribute(attribute: AttributeMessage): OnnxAttribute {
  if (attribute.refAttrName !== "") {
    return { kind: "reference", name: attribute.refAttrName };
  }
  switch (attribute.type) {
    case ATTRIBUTE_TYPE.float:
      return { kind: "float", value: attribute.f };
    case ATTRIBUTE_TYPE.int:
      return { kind: "int", value: attribute.i };
    case ATTRIBUTE_TYPE.string:
      return { kind: "string", value: text(attribute.s) };
    case ATTRIBUTE_TYPE.tensor:
      return attribute.t === null ? { kind: "unread" } : { kind: "tensor", value: toTensor(attribute.t) };
    case ATTRIBUTE_TYPE.graph:
      return attribute.g === null ? { kind: "unread" } : { kind: "graph", value: toGraph(attribute.g) };
    case ATTRIBUTE_TYPE.floats:
      return { kind: "floats", value: attribute.floats };
    case ATTRIBUTE_TYPE.ints:
      return { kind: "ints", value: attribute.ints };
    case ATTRIBUTE_TYPE.strings:
      return { kind: "strings", value: attribute.strings.map(text) };
    default:
      return { kind: "unread" };
  }
}

function toTensor(tensor: TensorMessage): OnnxTensor {
  return {
    name: tensor.name,
    elementType: elementTypeOf(tensor.dataType),
    shape: tensor.dims,
    data: toTensorData(tensor),
  };
}

function toTensorData(tensor: TensorMessage): OnnxTensorData {
  if (tensor.dataLocation === EXTERNAL_LOCATION) {
    return { kind: "external", entries: toRecord(tensor.externalData) };
  }
  if (tensor.stringData.length > 0) {
    return { kind: "strings", values: tensor.stringData.map(text) };
  }
  const fields = ["floatData", "doubleData", "int32Data", "int64Data", "uint64Data"] as const;
  const filled = fields.find((field) => tensor[field].length > 0);
  return filled ? { kind: "numbers", values: tensor[filled] } : { kind: "raw", bytes: tensor.rawData };
}

function toValue({ name, type }: ValueMessage): OnnxValue {
  const opaque = (kind: OnnxValue["kind"]): OnnxValue => ({
    name,
    kind,
    elementType: "UNDEFINED",
    shape: undefined,
  });
  if (type?.tensorType) {
    return { name, kind: "tensor", ...toTensorType(type.tensorType) };
  }
  if (type?.sparseTensorType) {
    return { name, kind: "sparse-tensor", ...toTensorType(type.sparseTensorType) };
  }
  if (type?.sequenceType) {
    return opaque("sequence");
  }
  if (type?.mapType) {
    return opaque("map");
  }
  return opaque(type?.optionalType ? "optional" : "unknown");
}

function toTensorType({ elemType, shape }: TensorTypeMessage): Pick<OnnxValue, "elementType" | "shape"> {
  return {
    elementType: elementTypeOf(elemType),
    shape: shape?.dim.map(({ dimValue, dimParam }): OnnxDimension => dimParam ?? dimValue ?? ""),
  };
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}
