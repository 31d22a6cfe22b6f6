/** Tensors: values with a shape and a datatype, and their ways to and from JSON, bytes and rows. */

import type { Datatype, TensorData } from "./datatypes.js";

/** A tensor as the Open Inference Protocol has it; the length of `data` is the product of `shape`. */
export interface Tensor {
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** What a model declares of an input or output; `-1` is a dimension that each request chooses. */
export interface TensorSpec {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  /** The largest length of each dimension that requests choose, where config.json says one. */
  readonly longest?: readonly (number | undefined)[];
  /** The name of each dimension that requests choose; empty where it has none or is fixed. */
  readonly symbols?: readonly string[];
  /** True when the model takes or gives tensors of any rank; `shape` is then empty. */
  readonly unranked?: boolean;
  /** Of an input: what the model computes with when a request leaves it out. Such an input has no rows. */
  readonly default?: Tensor;
}
