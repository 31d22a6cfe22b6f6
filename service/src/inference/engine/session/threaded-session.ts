import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { ServiceError } from "../../../server/errors.js";
import type { Tensor } from "../../../tensors/tensor.js";
import { DATATYPES } from "../../../tensors/datatypes.js";
import {
  declareGraph,
  fromOnnx,
  type GraphDeclaration,
  type GraphMetadata,
  type OnnxValue,
} from "./onnx-values.js";
import { loadError, runError } from "./run-error.js";
import { onnxOptions } from "./session-options.js";
import type { DeclaredTensor, Session, SessionOptions } from "./session.js";

/** What the thread answers; see session-worker.js. */
type Opened = GraphMetadata | { readonly error: string };
type Answer = { readonly id: number } & (
  { readonly outputs: readonly OnnxValue[] } | { readonly error: string }
);

interface Waiting {
  resolve(outputs: readonly OnnxValue[]): void;
  reject(error: unknown): void;
}

/**
 * Loads an ONNX file on a thread of its own, so that neither loading nor a long run stops the event loop.
 * Rejects with the reason when the file cannot be served.
 */
export async function openThreadedSession(path: string, options: SessionOptions): Promise<ThreadedSession> {
  const worker = new Worker(new URL("./session-worker.js", import.meta.url), {
    workerData: { path, options: onnxOptions(options.intraOpThreads) },
  });
  try {
    const [opened] = (await Promise.race([once(worker, "message"), endOf(worker)])) as [Opened];
    if ("error" in opened) {
      throw loadError(new Error(opened.error));
    }
    return new ThreadedSession(worker, declareGraph(opened));
  } catch (error) {
    await worker.terminate();
    throw error;
  }
}

/** Rejects when the thread ends, as it does when it calls `process.exit` or has no memory left. */
async function endOf(worker: Worker): Promise<never> {
  const [code] = (await once(worker, "exit")) as [number];
  throw new Error(`The model's thread ended with code ${code}.`);
}

/** A session on a thread of its own; once that has ended, for whatever reason, no run succeeds any more. */
export class ThreadedSession implements Session {
  readonly inputs: readonly DeclaredTensor[];
  readonly outputs: readonly DeclaredTensor[];
  readonly unservedOutputs: readonly string[];
  private readonly waiting = new Map<number, Waiting>();
  /** Resolves when the thread has ended, with the reason. */
  readonly ended: Promise<string>;
  private lastId = 0;
  private broken: ServiceError | undefined;

  constructor(
    private readonly worker: Worker,
    { inputs, outputs, unservedOutputs }: GraphDeclaration,
  ) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.unservedOutputs = unservedOutputs;
    worker.on("message", (answer: Answer) => this.settle(answer));
    worker.on("error", (error: Error) => this.fail(`The model's thread failed: ${error.message}.`));
    this.ended = new Promise((resolve) =>
      worker.on("exit", (code) => resolve(this.fail(`The model's thread ended with code ${code}.`))),
    );
  }

  async run(inputs: readonly Tensor[]): Promise<Tensor[]> {
    if (this.broken) {
      throw this.broken;
    }
    const id = (this.lastId += 1);
    const values = await new Promise<readonly OnnxValue[]>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({
        id,
        inputs: this.inputs.map((declared, index) => plain(declared, inputs[index])),
      });
    });
    return this.outputs.map(({ name }, index) => fromOnnx(name, values[index]));
  }

  async release(): Promise<void> {
    this.worker.postMessage(null);
    await this.ended;
  }

  private settle(answer: Answer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if ("error" in answer) {
      waiting?.reject(runError(new Error(answer.error)));
    } else {
      waiting?.resolve(answer.outputs);
    }
  }

  /** Fails the runs under way; gives the first reason that there was. */
  private fail(reason: string): string {
    const broken = (this.broken ??= new ServiceError("internal", reason));
    for (const waiting of this.waiting.values()) {
      waiting.reject(broken);
    }
    this.waiting.clear();
    return broken.message;
  }
}

/** The message is copied, not moved: the caller goes on using its buffers. */
function plain({ name }: DeclaredTensor, tensor: Tensor | undefined): object {
  if (!tensor) {
    throw new Error(`Input '${name}' is missing.`);
  }
  return { name, type: DATATYPES[tensor.datatype].runtime, data: tensor.data, dims: tensor.shape };
}
