import { messageOf, ServiceError } from "../../../server/errors.js";
import { spareFloats } from "../../../tensors/spare-floats.js";
import type { Tensor } from "../../../tensors/tensor.js";
import type { ServedVersion } from "../served-version.js";
import { Fifo } from "../batching/fifo.js";
import { heldBytes, type CopyMemory } from "./copy-memory.js";
import { compareOutputs, type Answered } from "./compare-outputs.js";
import type { VersionFigures } from "./version-figures.js";

type Tensors = Readonly<Record<string, Tensor>>;

/** A copy of a request that was answered. */
export interface RequestCopy {
  readonly inputs: Tensors;
  /** Names of the outputs that were wanted; absent or empty means all. */
  readonly wanted: readonly string[] | undefined;
  readonly answer: Answered;
  readonly version: string;
  readonly figures: VersionFigures;
}

/** The model that copies run on. */
export interface CopiedModel {
  /** Whether none of its requests waits or runs. */
  readonly isIdle: boolean;
  /** The version, if it serves. */
  ready(version: string): ServedVersion | undefined;
}

/** Copies of one model that wait at most, however small. */
const MOST_COPIES = 256;

/** How soon a model that is busy is looked at again. */
const LOOK_MILLISECONDS = 5;

interface WaitingCopy extends RequestCopy {
  readonly bytes: number;
}

/** Copies of a model's requests: they run one by one while the model is idle, and are dropped when there are too many. */
export class CopyQueue {
  private readonly line = new Fifo<WaitingCopy>();
  private isRunning = false;
  private isScheduled = false;

  constructor(
    private readonly model: CopiedModel,
    private readonly memory: CopyMemory,
    private readonly onFailed: (version: string, reason: string) => void,
  ) {}

  offer(copy: RequestCopy): void {
    const bytes = heldBytes(copy.inputs) + heldBytes(copy.answer.outputs);
    if (this.line.length >= MOST_COPIES || !this.memory.take(bytes)) {
      copy.figures.copies.dropped += 1;
      return;
    }
    this.line.push({ ...copy, bytes });
    this.schedule();
  }

  /** Lets go of what waits. */
  clear(): void {
    for (const { figures, bytes } of this.line.remove(() => true)) {
      figures.copies.dropped += 1;
      this.memory.give(bytes);
    }
  }

  private schedule(): void {
    if (this.isScheduled || this.isRunning || this.line.length === 0) {
      return;
    }
    this.isScheduled = true;
    if (this.model.isIdle) {
      // After every socket that is readable has been read: their requests come first.
      setImmediate(this.look);
    } else {
      setTimeout(this.look, LOOK_MILLISECONDS).unref();
    }
  }

  private readonly look = (): void => {
    this.isScheduled = false;
    const copy = this.model.isIdle ? this.line.at(0) : undefined;
    if (copy === undefined) {
      this.schedule();
      return;
    }
    this.isRunning = true;
    void this.run(copy).then((isDone) => {
      this.isRunning = false;
      // It may have been cleared away meanwhile.
      if (isDone && this.line.at(0) === copy) {
        this.line.shift();
        this.memory.give(copy.bytes);
        spareFloats(copy.inputs);
      }
      this.schedule();
    });
  };

  /** False where a request came first: it is to be tried again. */
  private async run({ inputs, wanted, answer, version, figures }: WaitingCopy): Promise<boolean> {
    const served = this.model.ready(version);
    if (!served) {
      figures.copies.dropped += 1;
      return true;
    }
    const { model } = this;
    const cancellation = {
      get cancelled() {
        return !model.isIdle;
      },
    };
    const startedAt = performance.now();
    try {
      const { outputs } = await served.runCopy({ inputs, outputs: wanted, cancellation });
      const milliseconds = performance.now() - startedAt;
      const { postprocess } = served.config;
      figures.onCompared(await compareOutputs(answer, { outputs, postprocess }), milliseconds);
    } catch (error) {
      if (error instanceof ServiceError && error.code === "client_closed_request") {
        return false;
      }
      figures.copies.failed += 1;
      this.onFailed(version, messageOf(error));
    }
    return true;
  }
}
