import type { ElementType } from "./element-type.js";

/** An ONNX file's content, as far as this program reads and writes it. */
export interface OnnxModel {
  readonly irVersion: number;
  readonly producerName: string;
  readonly producerVersion: string;
  readonly description: string;
  readonly opsets: readonly OnnxOpset[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly graph: OnnxGraph;
  /** Operators that the file defines itself, out of others. */
  readonly functions?: readonly OnnxFunction[];
}

/** The version of one operator set; domain "" is ONNX's own, "ai.onnx.ml" the classical models'. */
export interface OnnxOpset {
  readonly domain: string;
  readonly version: number;
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  /** What a caller must or may feed; those that an initializer also names have a default. */
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly initializers: readonly OnnxTensor[];
  /** Types and shapes of values between the nodes, as far as the file gives them. */
  readonly valueInfo?: readonly OnnxValue[];
}

/** An operator that the file defines: `domain` and `name` (and `overload`) are what a node calls it by. */
export interface OnnxFunction {
  readonly name: string;
  readonly domain: string;
  readonly overload: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Attributes that a call gives, with the defaults of those that have one. */
  readonly attributes: Readonly<Record<string, OnnxAttribute | undefined>>;
  readonly nodes: readonly OnnxNode[];
  readonly opsets: readonly OnnxOpset[];
}

export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  readonly domain: string;
  /** Which of several functions of one name is meant; mostly absent. */
  readonly overload?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export type OnnxAttribute =
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "tensor"; readonly value: OnnxTensor }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "strings"; readonly value: readonly string[] }
  /** The body of If, Loop or Scan. */
  | { readonly kind: "graph"; readonly value: OnnxGraph }
  /** Inside a function: the attribute of this name that the call gives. */
  | { readonly kind: "reference"; readonly name: string }
  /** Lists of graphs, types and sparse tensors: known to be there, not read, not written. */
  | { readonly kind: "unread" };

/** A dimension: its length, or the name of a length that each run chooses; "" when the file gives neither. */
export type OnnxDimension = number | string;

export interface OnnxValue {
  readonly name: string;
  readonly kind: "tensor" | "sparse-tensor" | "sequence" | "map" | "optional" | "unknown";
  readonly elementType: ElementType;
  /** Absent when the file says nothing of the shape, not even its rank. */
  readonly shape: readonly OnnxDimension[] | undefined;
}

export interface OnnxTensor {
  readonly name: string;
  readonly elementType: ElementType;
  readonly shape: readonly number[];
  readonly data: OnnxTensorData;
}

export type OnnxTensorData =
  /** Little-endian, row-major. */
  | { readonly kind: "raw"; readonly bytes: Uint8Array }
  | { readonly kind: "numbers"; readonly values: readonly number[] }
  | { readonly kind: "strings"; readonly values: readonly string[] }
  /** In another file, beside the model: keys `location`, `offset`, `length` as ONNX defines them. */
  | { readonly kind: "external"; readonly entries: Readonly<Record<string, string>> };
