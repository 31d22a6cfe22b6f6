import type { Adaptation } from "../../../onnx/adapt/adapt-model.js";
import type { ExecutionProvider } from "./execution-provider.js";
import type { Tensor, TensorSpec } from "../../../tensors/tensor.js";

/** An input or output as the graph declares it. */
export interface DeclaredTensor extends TensorSpec {
  readonly symbols: readonly string[];
}

export interface SessionOptions {
  /** Threads that one operator may use. */
  readonly intraOpThreads: number;
  /** A run that takes longer is ended. */
  readonly runLimitSeconds: number;
  /** What computes; by default the CPU. */
  readonly provider?: ExecutionProvider;
  /** How the file is loaded; by default as it is. */
  readonly adaptation?: Adaptation;
}

/** A graph that is loaded and can be run. */
export interface Session {
  readonly inputs: readonly DeclaredTensor[];
  readonly outputs: readonly DeclaredTensor[];
  /** Outputs of the graph that are not tensors (sequences, maps) and so are not served. */
  readonly unservedOutputs: readonly string[];
  /** Whether runs are elsewhere than on the event loop's thread. */
  readonly threaded: boolean;
  /**
   * Runs the graph once. `inputs` in the order of `this.inputs`; the result in the order of `this.outputs`.
   * `inputs` may be reused as soon as the promise settles. Rejects with a ServiceError.
   */
  run(inputs: readonly Tensor[]): Promise<Tensor[]>;
  /** Why no run can succeed at the moment; undefined while it can. */
  readonly failure?: string | undefined;
  /** Frees the graph's memory. No run may be under way. */
  release(): Promise<void>;
}

/** A session that can end by itself. */
export interface MortalSession extends Session {
  /** Resolves with the reason when no run will succeed any more. */
  readonly ended: Promise<string>;
  /** Resolves when it takes no CPU and no memory any more: a run that cannot be ended may go on for a while. */
  readonly gone: Promise<void>;
}
