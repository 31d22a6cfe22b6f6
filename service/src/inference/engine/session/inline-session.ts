import type { Tensor as OnnxTensor } from "onnxruntime-node";
import type { Tensor } from "../../../tensors/tensor.js";
import { loadable, PLAIN, type Adaptation } from "../../../onnx/adapt/adapt-model.js";
import { declareGraph, fromOnnx, toOnnx } from "./onnx-values.js";
import { loadError, runError } from "./run-error.js";
import { openNativeSession, type NativeSession } from "./runtime-binding.js";
import { onnxOptions } from "./session-options.js";
import type { DeclaredTensor, Session } from "./session.js";

/**
 * Loads an ONNX file for runs on this thread: ONNX Runtime's binding computes where it is called, so this is for models
 * whose runs take less than handing their tensors to another thread would. Rejects with the reason when the file cannot be served.
 */
export async function openInlineSession(path: string, adaptation: Adaptation = PLAIN): Promise<Session> {
  const native = opened(path, await loadable(path, adaptation));
  try {
    return new InlineSession(native, adaptation);
  } catch (error) {
    native.dispose();
    throw error;
  }
}

function opened(path: string, model: string | Uint8Array): NativeSession {
  try {
    return openNativeSession(model, onnxOptions(path, model, 1));
  } catch (error) {
    throw loadError(error, path);
  }
}

class InlineSession implements Session {
  readonly inputs: readonly DeclaredTensor[];
  readonly outputs: readonly DeclaredTensor[];
  readonly unservedOutputs: readonly string[];
  readonly threaded = false;
  /** What the binding reads the wanted outputs' names from. */
  private readonly fetches: Readonly<Record<string, null>>;

  constructor(
    private readonly native: NativeSession,
    adaptation: Adaptation,
  ) {
    const declaration = declareGraph(native, adaptation);
    this.inputs = declaration.inputs;
    this.outputs = declaration.outputs;
    this.unservedOutputs = declaration.unservedOutputs;
    this.fetches = Object.fromEntries(this.outputs.map(({ name }) => [name, null]));
  }

  /** Has run when it returns. */
  run(inputs: readonly Tensor[]): Promise<Tensor[]> {
    try {
      return Promise.resolve(this.compute(inputs));
    } catch (error) {
      return Promise.reject(runError(error));
    }
  }

  private compute(inputs: readonly Tensor[]): Tensor[] {
    const feeds: Record<string, OnnxTensor> = {};
    for (const [index, { name }] of this.inputs.entries()) {
      const tensor = inputs[index];
      if (tensor) {
        feeds[name] = toOnnx(tensor);
      }
    }
    const results = this.native.run(feeds, this.fetches, {});
    return this.outputs.map(({ name }) => fromOnnx(name, results[name] as Parameters<typeof fromOnnx>[1]));
  }

  release(): Promise<void> {
    this.native.dispose();
    return Promise.resolve();
  }
}
