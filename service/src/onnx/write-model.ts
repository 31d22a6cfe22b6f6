import { numberOf } from "./element-type.js";
import { ATTRIBUTE_TYPE, EXTERNAL_LOCATION, ModelProto } from "./messages.js";
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

/** A message under construction: what protobufjs takes for a message of the schema. */
type Message = Record<string, unknown>;

/** Writes `model` as an ONNX file's bytes. Throws TypeError on what this program only reads. */
export function encodeModel(model: OnnxModel): Uint8Array {
  return ModelProto.encode(
    ModelProto.fromObject({
      irVersion: model.irVersion,
      producerName: model.producerName,
      producerVersion: model.producerVersion,
      docString: model.description,
      graph: fromGraph(model.graph),
      opsetImport: model.opsets,
      metadataProps: fromRecord(model.metadata),
      functions: model.functions?.map(fromFunction),
    }),
  ).finish();
}

const { root } = ModelProto;

/** Writes a node as it stands in a graph. */
export function encodeNode(node: OnnxNode): Uint8Array {
  return encoded("onnx.NodeProto", fromNode(node));
}

/** Writes the declaration of an input or output as it stands in a graph. */
export function encodeValue(value: OnnxValue): Uint8Array {
  return encoded("onnx.ValueInfoProto", fromValue(value));
}

function encoded(type: string, message: Message): Uint8Array {
  const proto = root.lookupType(type);
  return proto.encode(proto.fromObject(message)).finish();
}

function fromRecord(record: Readonly<Record<string, string>>): Message[] {
  return Object.entries(record).map(([key, value]) => ({ key, value }));
}

function fromGraph(graph: OnnxGraph): Message {
  return {
    name: graph.name,
    node: graph.nodes.map(fromNode),
    input: graph.inputs.map(fromValue),
    output: graph.outputs.map(fromValue),
    initializer: graph.initializers.map(fromTensor),
    valueInfo: graph.valueInfo?.map(fromValue),
  };
}

function fromFunction({
  name,
  domain,
  overload,
  inputs,
  outputs,
  attributes,
  nodes,
  opsets,
}: OnnxFunction): Message {
  const entries = Object.entries(attributes);
  return {
    name,
    domain,
    overload,
    input: inputs,
    output: outputs,
    attribute: entries.flatMap(([key, attribute]) => (attribute === undefined ? [key] : [])),
    attributeProto: entries.flatMap(([key, attribute]) => (attribute ? [fromAttribute(key, attribute)] : [])),
    node: nodes.map(fromNode),
    opsetImport: opsets,
  };
}

function fromNode(node: OnnxNode): Message {
  return {
    name: node.name,
    opType: node.operator,
    domain: node.domain,
    ...(node.overload !== undefined && { overload: node.overload }),
    input: node.inputs,
    output: node.outputs,
    attribute: Object.entries(node.attributes).map(([name, attribute]) => fromAttribute(name, attribute)),
  };
}

function fromAttribute(name: string, attribute: OnnxAttribute): Message {
  if (attribute.kind === "unread") {
    throw new TypeError(`attribute ${name} was not read, so it cannot be written`);
  }
  if (attribute.kind === "reference") {
    return { name, refAttrName: attribute.name };
  }
  const message = { name, type: ATTRIBUTE_TYPE[attribute.kind] };
  switch (attribute.kind) {
    case "float":
      return { ...message, f: attribute.value };
    case "int":
      return { ...message, i: attribute.value };
    case "string":
      return { ...message, s: Buffer.from(attribute.value) };
    case "tensor":
      return { ...message, t: fromTensor(attribute.value) };
    case "graph":
      return { ...message, g: fromGraph(attribute.value) };
    case "floats":
      return { ...message, floats: attribute.value };
    case "ints":
      return { ...message, ints: attribute.value };
    case "strings":
      return { ...message, strings: attribute.value.map((value) => Buffer.from(value)) };
  }
}

function fromTensor(tensor: OnnxTensor): Message {
  return {
    name: tensor.name,
    dataType: numberOf(tensor.elementType),
    dims: tensor.shape,
    ...fromTensorData(tensor.name, tensor.data),
  };
}

function fromTensorData(name: string, data: OnnxTensorData): Message {
  switch (data.kind) {
    case "raw":
      return { rawData: data.bytes };
    case "strings":
      return { stringData: data.values.map((value) => Buffer.from(value)) };
    case "external":
      return { dataLocation: EXTERNAL_LOCATION, externalData: fromRecord(data.entries) };
    case "numbers":
      throw new TypeError(`tensor ${name}: numbers are written as raw bytes`);
  }
}

function fromValue(value: OnnxValue): Message {
  if (value.kind !== "tensor") {
    throw new TypeError(`value ${value.name}: only tensors can be written`);
  }
  const shape = value.shape && { shape: { dim: value.shape.map(fromDimension) } };
  return { name: value.name, type: { tensorType: { elemType: numberOf(value.elementType), ...shape } } };
}

function fromDimension(dimension: OnnxDimension): Message {
  if (dimension === "") {
    return {};
  }
  return typeof dimension === "number" ? { dimValue: dimension } : { dimParam: dimension };
}
