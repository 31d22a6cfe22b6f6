import { ERRORS, ServiceError } from "../../server/errors.js";
import { admit } from "./admission/admit.js";
import { ComputeEstimate } from "./admission/compute-estimate.js";
import { Batcher, type BatchRequest, type Ran } from "./batching/batcher.js";
import { concatRows, takeRows } from "../../tensors/joined-rows.js";
import { checkInputs, checkOutputs } from "./check-inputs.js";
import type { InferenceRequest, InferenceResult, ServedModel } from "./engine.js";
import type { Session } from "./session/session.js";
import { Rejections } from "./statistics/rejections.js";
import type { Filling } from "./loading/fillings.js";
import type { ChosenProvider } from "./session/execution-provider.js";
import type { Place } from "./loading/open-sessions.js";
import type { WarmRun } from "./loading/warm-up.js";
import { VersionStatistics } from "./statistics/version-statistics.js";
import type { ModelConfig } from "../../models/model-config.js";
import type { Tensor, TensorSpec } from "../../tensors/tensor.js";

/** However slow a model is, so many rows may wait: else a handful of clients would be refused at every turn. */
const FEWEST_WAITING_ROWS = 8;

export interface ServingSettings {
  readonly maxRows: number;
  readonly maxDelayMilliseconds: number;
  readonly queueLimitRows: number;
  /** Computing time of the rows that may wait; a full batch may always, and eight rows. */
  readonly queueLimitMilliseconds: number;
  readonly fixedRows: number | undefined;
  /** Rows of such inputs (in the model's order) that a run has memory for; may be less than one. */
  readonly rowsInMemory: (inputs: readonly Tensor[]) => number;
  /** Throws too_large when there is no memory for all rows of such inputs at once. */
  readonly checkMemory: (inputs: readonly Tensor[]) => void;
}

/** What loading a version took and showed. */
export interface LoadingFacts {
  /** Where its runs are when it begins to serve. */
  readonly place: Place;
  /** How long runs took while it was warmed up. */
  readonly runs: readonly WarmRun[];
  /** What it was warmed up with; undefined when it ran nothing that was tried. */
  readonly filling: Filling | undefined;
  /** Dimensions that requests may make as long as they like, as config.json's `dimensions` names them. */
  readonly unbounded: readonly string[];
  /** See `BatchDimension.apart`. */
  readonly apart: string;
  /** What computes it. */
  readonly provider: ChosenProvider;
  /** What is odd about it, though it serves. */
  readonly warnings: readonly string[];
  readonly loadSeconds: number;
  /** Unix time, seconds. */
  readonly loadedAt: number;
  /** Growth of the resident memory while it was loaded and warmed up. */
  readonly memoryBytes: number;
}

/** What a version is to those who ask it. */
export type ModelDescription = Omit<ServedModel, "infer">;

/** A request on its way to the batcher. */
interface Accepted extends InferenceRequest {
  readonly arrivedAt: number;
  /** See `ServedVersion.runCopy`. */
  readonly isCopy: boolean;
}

/** Field by field: a copy of an object whose fields are not known takes many times as long. */
function accepted(
  { inputs, outputs, deadline, cancellation }: InferenceRequest,
  arrivedAt: number,
  isCopy: boolean,
): Accepted {
  return { inputs, outputs, deadline, cancellation, arrivedAt, isCopy };
}

/** A version that serves: it checks, admits, splits, batches and counts the requests that it answers. */
export class ServedVersion implements ServedModel {
  readonly name: string;
  readonly version: string;
  readonly config: ModelConfig;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly batched: boolean;
  readonly statistics = new VersionStatistics();
  readonly estimate: ComputeEstimate;
  private readonly batcher: Batcher;
  /** Position of the input that tells a request's rows. */
  private readonly rowInput: number;
  private closed: ServiceError | undefined;

  constructor(
    description: ModelDescription,
    private readonly sessions: readonly Session[],
    readonly settings: ServingSettings,
    readonly loading: LoadingFacts,
    private readonly rejections: Rejections = new Rejections(),
    private readonly now: () => number = () => performance.now(),
  ) {
    this.name = description.name;
    this.version = description.version;
    this.config = description.config;
    this.inputs = description.inputs;
    this.outputs = description.outputs;
    this.batched = description.batched;
    this.rowInput = this.inputs.findIndex((input) => input.default === undefined);
    this.estimate = new ComputeEstimate(settings.maxRows);
    this.batcher = new Batcher(
      sessions.map((session) => (inputs) => session.run(inputs)),
      {
        maxRows: settings.maxRows,
        maxDelayMilliseconds: settings.maxDelayMilliseconds,
        shapesDiffer: this.inputs.some(({ shape }) => shape.some((size, index) => index > 0 && size === -1)),
        fixedRows: settings.fixedRows,
        batched: this.batched,
        whole: this.inputs.map((input) => input.default !== undefined),
      },
      {
        onBatch: (ran, reason) => {
          this.statistics.onBatch(ran, reason);
          this.estimate.observe(ran.rows, ran.endedAt - ran.startedAt);
        },
      },
      now,
    );
  }

  /** Requests that wait or run. */
  pendingRequests = 0;
  /** Rows of the copy that waits or runs. */
  private copyRows = 0;

  /** Rows that wait or run over those that may, 0 to 1. */
  get saturation(): number {
    const rows = this.batcher.queuedRows + this.batcher.runningRows - this.copyRows;
    return Math.min(1, Math.max(0, rows) / (this.queueLimitRows + this.settings.maxRows));
  }

  /** Rows that may wait now: as many as run within the limit of time, at least a batch and a few, at most the limit of rows. */
  private get queueLimitRows(): number {
    const { maxRows, queueLimitRows, queueLimitMilliseconds } = this.settings;
    // Runs on the event loop's thread are short by choice, and timed with the turns of the loop that they wait for: under
    // a flood they would look slow, and refusing costs as much as answering.
    if (!this.sessions.some(({ threaded }) => threaded)) {
      return queueLimitRows;
    }
    const batches = (queueLimitMilliseconds * this.sessions.length) / this.estimate.milliseconds(maxRows);
    return Math.min(queueLimitRows, Math.max(maxRows, FEWEST_WAITING_ROWS, Math.floor(batches * maxRows)));
  }

  /** Why nothing can be computed at the moment; undefined while it can. */
  get failure(): string | undefined {
    return this.sessions.every(({ failure }) => failure !== undefined)
      ? this.sessions[0]?.failure
      : undefined;
  }

  get queuedRows(): number {
    return this.batcher.queuedRows;
  }

  get runningRows(): number {
    return this.batcher.runningRows;
  }

  /** See `ServedModel.infer`. */
  infer(request: InferenceRequest): Promise<InferenceResult> {
    const arrivedAt = this.now();
    this.pendingRequests += 1;
    return new Promise<InferenceResult>((resolve, reject) => {
      const fail = (error: unknown): void => {
        const known = asServiceError(error);
        this.pendingRequests -= 1;
        this.rejections.count(known.code);
        this.statistics.onFailure(ERRORS[known.code].outcome, this.now() - arrivedAt);
        reject(known);
      };
      try {
        this.accept(accepted(request, arrivedAt, false), resolve, fail);
      } catch (error) {
        fail(error);
      }
    });
  }

  /**
   * Computes a copy of a request, of which nobody waits for the answer: no statistics, signal or limit knows of it. One at a
   * time; the caller sees to it that nothing else waits or runs.
   */
  runCopy(request: InferenceRequest): Promise<InferenceResult> {
    return new Promise<InferenceResult>((resolve, reject) => {
      const end = (settle: () => void): void => {
        this.copyRows = 0;
        settle();
      };
      const fail = (error: unknown): void => end(() => reject(asServiceError(error)));
      try {
        this.accept(accepted(request, this.now(), true), (result) => end(() => resolve(result)), fail);
      } catch (error) {
        fail(error);
      }
    });
  }

  /** From now on every request is refused with `reason`; resolves when those accepted are answered and memory is free. */
  async close(reason: ServiceError): Promise<void> {
    this.closed = reason;
    await this.batcher.drain();
    await Promise.all(this.sessions.map((session) => session.release()));
  }

  private accept(
    request: Accepted,
    resolve: (result: InferenceResult) => void,
    fail: (error: unknown) => void,
  ): void {
    if (this.closed) {
      throw this.closed;
    }
    const inputs = checkInputs(this.inputs, this.batched, request.inputs);
    if (request.outputs) {
      checkOutputs(this.outputs, request.outputs);
    }
    const rows = this.batched ? (inputs[this.rowInput]?.shape[0] ?? 1) : 1;
    const mostRows = this.mostRows(inputs, rows);
    if (request.isCopy) {
      this.copyRows = rows;
    } else {
      this.admit(rows, request, request.arrivedAt);
    }
    const finish = (outputs: readonly Tensor[], ran: Ran): void =>
      resolve(this.finish(request, rows, outputs, ran));
    if (rows <= mostRows) {
      this.enqueue({ inputs, rows, mostRows, isPart: false }, request, finish, fail);
    } else {
      this.enqueueParts(inputs, rows, mostRows, request, finish, fail);
    }
  }

  private finish(
    { arrivedAt, outputs: wanted, isCopy }: Accepted,
    rows: number,
    outputs: readonly Tensor[],
    ran: Ran,
  ): InferenceResult {
    const queueMilliseconds = ran.startedAt - arrivedAt;
    const computeMilliseconds = ran.endedAt - ran.startedAt;
    if (!isCopy) {
      this.pendingRequests -= 1;
      this.statistics.onSuccess(rows, queueMilliseconds, this.now() - arrivedAt);
    }
    return {
      outputs: this.nameOutputs(outputs, wanted),
      queueMilliseconds,
      computeMilliseconds,
      batchRows: ran.rows,
    };
  }

  private admit(rows: number, { deadline }: InferenceRequest, now: number): void {
    const { queueLimitRows } = this.settings;
    if (rows > queueLimitRows) {
      throw new ServiceError(
        "too_large",
        `The request has ${rows} rows; the queue of model '${this.name}' takes at most ${queueLimitRows}.`,
      );
    }
    if (this.batcher.queuedRows + rows > this.queueLimitRows) {
      this.batcher.dropDead();
    }
    const { queuedRows, runningRows } = this.batcher;
    const ahead = this.estimate.milliseconds(queuedRows) + this.estimate.milliseconds(runningRows);
    const waitMilliseconds = ahead / this.sessions.length;
    const load = { queuedRows, runningRows, queueLimitRows: this.queueLimitRows, waitMilliseconds };
    admit(rows, load, deadline, now);
  }

  /** Rows of a request that may run at once. What replaces a default may let rows touch: then all of them must. */
  private mostRows(inputs: readonly Tensor[], rows: number): number {
    const { maxRows, fixedRows, rowsInMemory, checkMemory } = this.settings;
    if (this.overrides(inputs) && fixedRows === undefined) {
      checkMemory(inputs);
      return Math.max(rows, maxRows);
    }
    return Math.min(maxRows, rowsInMemory(inputs));
  }

  /** Whether a request gives another value than a default. */
  private overrides(inputs: readonly Tensor[]): boolean {
    for (let index = 0; index < this.inputs.length; index += 1) {
      const preset = this.inputs[index]?.default;
      if (preset !== undefined && preset !== inputs[index]) {
        return true;
      }
    }
    return false;
  }

  private enqueue(
    { inputs, rows, mostRows, isPart }: Pick<BatchRequest, "inputs" | "rows" | "mostRows" | "isPart">,
    { arrivedAt, isCopy, deadline, cancellation }: Accepted,
    resolve: (outputs: readonly Tensor[], ran: Ran) => void,
    reject: (error: unknown) => void,
  ): void {
    this.batcher.enqueue({
      rows,
      mostRows,
      inputs,
      isPart,
      isCopy,
      alone: isCopy || this.overrides(inputs),
      arrivedAt,
      // Nobody joins a copy's successors: those who come while one runs wait for its end alone.
      arrivedDuringRun: this.batcher.busy && this.copyRows === 0,
      deadline,
      cancellation,
      resolve,
      reject,
    });
  }

  /** A request with more rows than a batch takes goes as several; its answer waits for the last, or for the first to fail. */
  private enqueueParts(
    inputs: readonly Tensor[],
    rows: number,
    maxRows: number,
    request: Accepted,
    resolve: (outputs: readonly Tensor[], ran: Ran) => void,
    reject: (error: unknown) => void,
  ): void {
    const answers: (readonly Tensor[])[] = [];
    const rans: Ran[] = [];
    let missing = Math.ceil(rows / maxRows);
    let failed = false;
    for (let part = 0; part * maxRows < rows; part += 1) {
      const from = part * maxRows;
      const partRows = Math.min(maxRows, rows - from);
      const take = inputs.map((tensor, input) =>
        this.inputs[input]?.default ? tensor : takeRows(tensor, from, partRows),
      );
      const onPart = (outputs: readonly Tensor[], ran: Ran): void => {
        answers[part] = outputs;
        rans[part] = ran;
        missing -= 1;
        if (missing > 0 || failed) {
          return;
        }
        resolve(rejoin(answers), spanOf(rans));
      };
      const onFailure = (error: unknown): void => {
        if (failed) {
          return;
        }
        failed = true;
        reject(error);
      };
      const whole = { inputs: take, rows: partRows, mostRows: maxRows, isPart: true };
      this.enqueue(whole, request, onPart, onFailure);
    }
  }

  private nameOutputs(
    outputs: readonly Tensor[],
    wanted: readonly string[] | undefined,
  ): Record<string, Tensor> {
    const named: Record<string, Tensor> = {};
    const declared = this.outputs;
    for (let index = 0; index < declared.length; index += 1) {
      const name = declared[index]?.name;
      const tensor = outputs[index];
      if (name === undefined || !tensor) {
        continue;
      }
      if (!wanted || wanted.length === 0 || wanted.includes(name)) {
        named[name] = tensor;
      }
    }
    return named;
  }
}

function rejoin(parts: readonly (readonly Tensor[])[]): Tensor[] {
  const [first = []] = parts;
  return first.map((_, output) => concatRows(parts.flatMap((part) => part[output] ?? [])));
}

/** From the first part's start to the last one's end. */
function spanOf(rans: readonly Ran[]): Ran {
  return {
    rows: Math.max(...rans.map((ran) => ran.rows)),
    startedAt: Math.min(...rans.map((ran) => ran.startedAt)),
    endedAt: Math.max(...rans.map((ran) => ran.endedAt)),
  };
}

function asServiceError(error: unknown): ServiceError {
  return error instanceof ServiceError
    ? error
    : new ServiceError("internal", "The model failed to compute.", { cause: error });
}
