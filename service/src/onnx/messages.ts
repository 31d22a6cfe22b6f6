import protobuf from "protobufjs";

import { ONNX_SCHEMA } from "./schema.js";

/** The root message, with field names in camel case: `irVersion`, `opsetImport`. */
export const ModelProto = protobuf.parse(ONNX_SCHEMA, { keepCase: false }).root.lookupType("onnx.ModelProto");

/** AttributeProto.AttributeType, of the kinds that this program reads and writes. */
export const ATTRIBUTE_TYPE = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
} as const;

/** TensorProto.DataLocation: the data lies in a file beside the model. */
export const EXTERNAL_LOCATION = 1;

export interface EntryMessage {
  readonly key: string;
  readonly value: string;
}

export interface TensorMessage {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dataType: number;
  readonly rawData: Uint8Array;
  readonly floatData: readonly number[];
  readonly int32Data: readonly number[];
  readonly int64Data: readonly number[];
  readonly doubleData: readonly number[];
  readonly uint64Data: readonly number[];
  readonly stringData: readonly Uint8Array[];
  readonly externalData: readonly EntryMessage[];
  readonly dataLocation: number;
}

export interface AttributeMessage {
  readonly name: string;
  readonly type: number;
  readonly f: number;
  readonly i: number;
  readonly s: Uint8Array;
  readonly t: TensorMessage | null;
  readonly g: GraphMessage | null;
  readonly floats: readonly number[];
  readonly ints: readonly number[];
  readonly strings: readonly Uint8Array[];
  readonly refAttrName: string;
}

export interface NodeMessage {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  readonly overload: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly AttributeMessage[];
}

export interface TensorTypeMessage {
  readonly elemType: number;
  readonly shape: {
    readonly dim: readonly { readonly dimValue?: number; readonly dimParam?: string }[];
  } | null;
}

export interface TypeMessage {
  readonly tensorType?: TensorTypeMessage | null;
  readonly sparseTensorType?: TensorTypeMessage | null;
  readonly sequenceType?: object | null;
  readonly mapType?: object | null;
  readonly optionalType?: object | null;
}

export interface ValueMessage {
  readonly name: string;
  readonly type: TypeMessage | null;
}

export interface GraphMessage {
  readonly name: string;
  readonly node: readonly NodeMessage[];
  readonly input: readonly ValueMessage[];
  readonly output: readonly ValueMessage[];
  readonly initializer: readonly TensorMessage[];
  readonly valueInfo: readonly ValueMessage[];
}

export interface OpsetMessage {
  readonly domain: string;
  readonly version: number;
}

export interface FunctionMessage {
  readonly name: string;
  readonly domain: string;
  readonly overload: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly string[];
  readonly attributeProto: readonly AttributeMessage[];
  readonly node: readonly NodeMessage[];
  readonly opsetImport: readonly OpsetMessage[];
}

export interface ModelMessage {
  readonly irVersion: number;
  readonly producerName: string;
  readonly producerVersion: string;
  readonly docString: string;
  readonly graph: GraphMessage | null;
  readonly opsetImport: readonly OpsetMessage[];
  readonly metadataProps: readonly EntryMessage[];
  readonly functions: readonly FunctionMessage[];
}
