import { ServiceError } from "../../../server/errors.js";
import type { Tensor } from "../../../tensors/tensor.js";
import { DATATYPES } from "../../../tensors/datatypes.js";
import { loadable, PLAIN } from "../../../onnx/adapt/adapt-model.js";
import {
  declareGraph,
  fromOnnx,
  type GraphDeclaration,
  type GraphMetadata,
  type OnnxValue,
} from "./onnx-values.js";
import { loadError, runError } from "./run-error.js";
import type { SessionHost, StartHost } from "./session-host.js";
import { onnxOptions } from "./session-options.js";
import type { DeclaredTensor, MortalSession, SessionOptions } from "./session.js";

/** What the host answers; see session-worker.js. */
type Opened = GraphMetadata | { readonly error: string };
type Answer = { readonly id: number } & (
  { readonly outputs: readonly OnnxValue[] } | { readonly error: string }
);

interface Waiting {
  readonly timer: NodeJS.Timeout;
  resolve(outputs: readonly OnnxValue[]): void;
  reject(error: unknown): void;
}

/** Loading a file may take minutes; one that has not been loaded by then never will be. */
const LOAD_SECONDS = 600;

/**
 * Loads an ONNX file elsewhere than on this thread, so that neither loading nor a long run stops the event loop.
 * Rejects with the reason when the file cannot be served.
 */
export async function openHostedSession(
  path: string,
  options: SessionOptions,
  start: StartHost,
): Promise<MortalSession> {
  const { intraOpThreads, runLimitSeconds, provider, adaptation = PLAIN } = options;
  const model = await loadable(path, adaptation);
  const host = start({ model, options: onnxOptions(path, model, intraOpThreads, provider) });
  try {
    const opened = await firstMessage(host);
    if ("error" in opened) {
      throw loadError(new Error(opened.error), path);
    }
    return new HostedSession(host, declareGraph(opened, adaptation), runLimitSeconds);
  } catch (error) {
    host.kill();
    throw error;
  }
}

/** Rejects when the host ends first, as it does when it has no memory left, or says nothing for too long. */
function firstMessage(host: SessionHost): Promise<Opened> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`The file model.onnx was not loaded within ${LOAD_SECONDS} seconds.`));
    }, LOAD_SECONDS * 1000);
    timer.unref();
    host.onEnd((reason) => reject(new Error(reason)));
    host.onMessage((message) => {
      clearTimeout(timer);
      resolve(message as Opened);
    });
  });
}

/** A session on a host of its own; once that has ended, for whatever reason, no run succeeds any more. */
class HostedSession implements MortalSession {
  readonly inputs: readonly DeclaredTensor[];
  readonly outputs: readonly DeclaredTensor[];
  readonly unservedOutputs: readonly string[];
  readonly threaded = true;
  /** Resolves when the host has ended or was given up, with the reason. */
  readonly ended: Promise<string>;
  /** Resolves when the host has ended. */
  readonly gone: Promise<void>;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  private broken: ServiceError | undefined;
  private giveUp: (reason: string) => void = () => undefined;

  constructor(
    private readonly host: SessionHost,
    { inputs, outputs, unservedOutputs }: GraphDeclaration,
    private readonly runLimitSeconds: number,
  ) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.unservedOutputs = unservedOutputs;
    host.onMessage((answer) => this.settle(answer as Answer));
    this.ended = new Promise((resolve) => (this.giveUp = resolve));
    this.gone = new Promise((resolve) =>
      host.onEnd((reason) => {
        this.fail(new ServiceError("internal", reason));
        resolve();
      }),
    );
  }

  async run(inputs: readonly Tensor[]): Promise<Tensor[]> {
    if (this.broken) {
      throw this.broken;
    }
    const id = (this.lastId += 1);
    const values = await new Promise<readonly OnnxValue[]>((resolve, reject) => {
      const timer = setTimeout(() => this.endRun(), this.runLimitSeconds * 1000);
      this.waiting.set(id, { timer, resolve, reject });
      this.host.post({
        id,
        inputs: this.inputs.map((declared, index) => plain(declared, inputs[index])),
      });
    });
    return this.outputs.map(({ name }, index) => fromOnnx(name, values[index]));
  }

  async release(): Promise<void> {
    this.host.post({ release: true });
    await this.ended;
  }

  private settle(answer: Answer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    clearTimeout(waiting?.timer);
    if ("error" in answer) {
      waiting?.reject(runError(new Error(answer.error)));
    } else {
      waiting?.resolve(answer.outputs);
    }
  }

  /** Nobody waits for the answer any more, and everybody for the next. */
  private endRun(): void {
    const limit = `${this.runLimitSeconds} seconds`;
    this.fail(new ServiceError("deadline_exceeded", `A run took longer than ${limit}, and was ended.`));
    this.host.kill();
  }

  /** Fails the runs under way; of several reasons the first counts. */
  private fail(reason: ServiceError): void {
    const broken = (this.broken ??= reason);
    for (const waiting of this.waiting.values()) {
      clearTimeout(waiting.timer);
      waiting.reject(broken);
    }
    this.waiting.clear();
    this.giveUp(broken.message);
  }
}

/** The message is copied, not moved: the caller goes on using its buffers. */
function plain({ name }: DeclaredTensor, tensor: Tensor | undefined): object {
  if (!tensor) {
    throw new Error(`Input '${name}' is missing.`);
  }
  return { name, type: DATATYPES[tensor.datatype].runtime, data: tensor.data, dims: tensor.shape };
}
