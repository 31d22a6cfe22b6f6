/** Engine: keeps versions of models in service and answers inference requests; knows nothing of HTTP. */

import type { Cancellation } from "../../server/call.js";
import type { ModelConfig } from "../../models/model-config.js";
import type { Tensor, TensorSpec } from "../../tensors/tensor.js";

/** A model as a request names it; `version` is a version folder's name or a label; absent means the default version. */
export interface ModelReference {
  readonly name: string;
  readonly version?: string | undefined;
}

export interface InferenceRequest {
  /** One tensor per declared input, by name. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** Names of the wanted outputs; absent or empty means all. */
  readonly outputs?: readonly string[] | undefined;
  /** On the clock of `performance.now()`, milliseconds. */
  readonly deadline?: number | undefined;
  /** Work that still waits when nobody wants its answer any more is dropped. */
  readonly cancellation?: Cancellation | undefined;
}

export interface InferenceResult {
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** Milliseconds from admission until the batch ran, and of the run itself. */
  readonly queueMilliseconds: number;
  readonly computeMilliseconds: number;
  /** Rows of the batch that the request was part of. */
  readonly batchRows: number;
}

/** One version of a model that is loaded, warmed up and serving. */
export interface ServedModel {
  readonly name: string;
  readonly version: string;
  readonly config: ModelConfig;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Whether the first dimension of every tensor is the batch. */
  readonly batched: boolean;
  /** Checks inputs against the declaration, queues, batches, runs. Rejects with a ServiceError. */
  infer(request: InferenceRequest): Promise<InferenceResult>;
}

export type ModelState = "LOADING" | "READY" | "UNAVAILABLE" | "UNLOADING";

/** A row of the model repository's index: what is there, served or not, and why not. */
export interface ModelIndexEntry {
  readonly name: string;
  readonly version: string;
  readonly state: ModelState;
  readonly reason: string;
  readonly labels: readonly string[];
}

/** Figures of one served version since it was loaded; times in nanoseconds, as the statistics extension has them. */
export interface ModelStatistics {
  readonly name: string;
  readonly version: string;
  readonly lastInferenceMilliseconds: number;
  readonly inferenceCount: number;
  readonly executionCount: number;
  readonly success: { readonly count: number; readonly ns: number };
  readonly fail: { readonly count: number; readonly ns: number };
  readonly queue: { readonly count: number; readonly ns: number };
  readonly computeInfer: { readonly count: number; readonly ns: number };
  readonly batches: readonly { readonly batchSize: number; readonly count: number; readonly ns: number }[];
}

/** What protocols know of inference. Every method's rejection is a `ServiceError`. */
export interface Engine {
  /** Loads and warms up every model that the repository holds; resolves when all that can be served are. */
  start(): Promise<void>;
  /**
   * Why requests should go elsewhere, as a few sentences for anybody; undefined while they should not: `start` is done, every
   * required model has served, and what is asked for by default can answer.
   */
  whyNotReady(): string | undefined;
  /** The version that `reference` means. Throws model_not_found, model_not_ready. */
  resolve(reference: ModelReference): ServedModel;
  /** The only or configured default model, for `/predict`. Throws model_not_found. */
  defaultModel(): ServedModel;
  index(): ModelIndexEntry[];
  statistics(reference: Partial<ModelReference>): ModelStatistics[] | Promise<ModelStatistics[]>;
  load(name: string): Promise<void>;
  unload(name: string): Promise<void>;
  /** Refuses new requests, lets queued ones finish, releases every session. */
  stop(): Promise<void>;
}
