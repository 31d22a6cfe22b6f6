import { InferenceSession, type Tensor as OnnxTensor } from "onnxruntime-node";
import type { Tensor } from "../../../tensors/tensor.js";
import { declareGraph, fromOnnx, toOnnx } from "./onnx-values.js";
import { loadError, runError } from "./run-error.js";
import { onnxOptions } from "./session-options.js";
import type { DeclaredTensor, Session } from "./session.js";

/**
 * Loads an ONNX file for runs on this thread: ONNX Runtime's binding computes where it is called, so this is for models
 * whose runs take less than handing their tensors to another thread would. Rejects with the reason when the file cannot be served.
 */
export async function openInlineSession(path: string): Promise<Session> {
  const session = await InferenceSession.create(path, onnxOptions(1)).catch((error: unknown) => {
    throw loadError(error);
  });
  try {
    return new InlineSession(session);
  } catch (error) {
    await session.release();
    throw error;
  }
}

class InlineSession implements Session {
  readonly inputs: readonly DeclaredTensor[];
  readonly outputs: readonly DeclaredTensor[];
  readonly unservedOutputs: readonly string[];
  private readonly outputNames: readonly string[];

  constructor(private readonly session: InferenceSession) {
    const declaration = declareGraph(session);
    this.inputs = declaration.inputs;
    this.outputs = declaration.outputs;
    this.unservedOutputs = declaration.unservedOutputs;
    this.outputNames = this.outputs.map((output) => output.name);
  }

  async run(inputs: readonly Tensor[]): Promise<Tensor[]> {
    const feeds: Record<string, OnnxTensor> = {};
    for (const [index, { name }] of this.inputs.entries()) {
      const tensor = inputs[index];
      if (tensor) {
        feeds[name] = toOnnx(tensor);
      }
    }
    const results = await this.session.run(feeds, this.outputNames).catch((error: unknown) => {
      throw runError(error);
    });
    return this.outputNames.map((name) => fromOnnx(name, results[name]));
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}
