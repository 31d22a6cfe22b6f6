/** Engine: keeps versions of models in service and answers inference requests; knows nothing of HTTP. */

import type { Cancellation } from "../../server/call.js";
import type { ErrorCode } from "../../server/errors.js";
import type { ModelConfig } from "../../models/model-config.js";
import type { Tensor, TensorSpec } from "../../tensors/tensor.js";

/** What decides on the version of a request for an inference that names none. */
export interface Routing {
  /** Requests of the same value get the same version; undefined: nothing tells who asks, and shares are kept by counting. */
  readonly affinity: string | undefined;
}

/** A model as a request names it; `version` is a version folder's name or a label; absent means the default version. */
export interface ModelReference {
  readonly name: string;
  readonly version?: string | undefined;
  /** Absent for what is no inference: it means the default version, and counts in no share. */
  readonly routing?: Routing | undefined;
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
  /**
   * Set where a copy of the request goes to another version, to be called once the answer is sent. The inputs are the
   * copy's then: their memory is not to be used again.
   */
  readonly startCopy?: (() => void) | undefined;
}

/** Who answers a request that a version fails by its own fault. */
export interface Fallback {
  readonly model: ServedModel;
  /** Counts a request that it answered, by why the other had failed. */
  count(code: ErrorCode): void;
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
  /** Absent where nothing else may answer: the request named this version, or it is the stable one. */
  readonly fallback?: Fallback | undefined;
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
  /** Percent of the requests that name no version which it answers as things are; absent for none, and where config.json names no version. */
  readonly traffic?: number;
  /** Percent of those requests of which it gets a copy; absent for none. */
  readonly shadow?: number;
}

/** What came of the copies of requests that a version was given as a shadow. */
export interface ShadowFigures {
  /** Copies whose outputs were compared with the answer, that failed, and that were dropped for want of time or memory. */
  readonly compared: number;
  readonly failed: number;
  readonly dropped: number;
  /** Rows whose labels were compared, and those of them that got another label than in the answer. */
  readonly rows: number;
  readonly flippedRows: number;
  /** The largest absolute difference of any output's value. */
  readonly largestDifference: number;
  /** Mean absolute difference of a copy's outputs. */
  readonly difference: { readonly sum: number; readonly count: number };
  /** Jensen-Shannon distance of a row's scores, 0 to 1. */
  readonly distance: { readonly sum: number; readonly count: number };
}

/**
 * What a version has done with the traffic of its model, for those who decide whether it gets more. Figures grow from its
 * load on, and begin at 0 when it is loaded again: compare two looks, and take what has shrunk for a new beginning.
 */
export interface VersionTraffic {
  readonly version: string;
  readonly ready: boolean;
  /** Why its files were refused, and will be until they change: a sentence. Absent where they were not. */
  readonly refused?: string;
  readonly labels: readonly string[];
  /** As in the index; 0 for none. */
  readonly traffic: number;
  readonly shadow: number;
  /** Requests, whoever named it, but for those that the caller got wrong or gave up. */
  readonly requests: number;
  /** Those of them that it failed by its own fault, whether another version answered them or none. */
  readonly errors: number;
  /** Requests of its share that the stable version answered, because it failed them or was not ready. */
  readonly fallbacks: number;
  /** Waiting plus computing of answered requests: upper edges in seconds, and requests by bucket, one more than edges. */
  readonly latency: { readonly bounds: readonly number[]; readonly counts: readonly number[] };
  readonly copies: ShadowFigures;
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
  defaultModel(routing?: Routing): ServedModel;
  index(): ModelIndexEntry[];
  statistics(reference: Partial<ModelReference>): ModelStatistics[] | Promise<ModelStatistics[]>;
  /** Of each version of the model that serves, or that its labels, `traffic` or `shadow` name. Throws model_not_found. */
  traffic(name: string): VersionTraffic[] | Promise<VersionTraffic[]>;
  /**
   * The digest (SHA-256) of the config.json that a model is served by; that of nothing where it has none, undefined where there
   * is no such model, or workers differ.
   */
  follows(name: string): string | undefined | Promise<string | undefined>;
  load(name: string): Promise<void>;
  unload(name: string): Promise<void>;
  /** Refuses new requests, lets queued ones finish, releases every session. */
  stop(): Promise<void>;
}
