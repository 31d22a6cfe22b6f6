import type { CloseReason } from "@ai-model-service/contract/metrics";
import type { Cancellation } from "../../../server/call.js";
import { shapeText } from "../../../tensors/shape.js";
import type { Tensor } from "../../../tensors/tensor.js";
import { ServiceError } from "../../../server/errors.js";
import { closeBatch, type BatchPolicy, type Waiting } from "./close.js";
import { Fifo } from "./fifo.js";
import { RowJoiner, takeRows } from "../../../tensors/joined-rows.js";

/** A request in the line, with what becomes of it. Exactly one of `resolve` and `reject` is called, once. */
export interface BatchRequest extends Waiting {
  readonly deadline: number | undefined;
  readonly cancellation: Cancellation | undefined;
  /** Whether it is one of several parts of a caller's request, whose outputs are put together again by rows. */
  readonly isPart: boolean;
  /** Whether nobody waits for it: it is joined with none, and no batch that is counted. */
  readonly isCopy?: boolean;
  resolve(outputs: readonly Tensor[], ran: Ran): void;
  reject(error: unknown): void;
}

/** The batch that a request was part of; times on the batcher's clock, milliseconds. */
export interface Ran {
  readonly rows: number;
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface BatcherSettings extends BatchPolicy {
  /** Rows that every run must have, for graphs whose batch dimension is fixed; fewer are padded. */
  readonly fixedRows: number | undefined;
  /** Whether outputs have the batch as their first dimension, so that they can be split. */
  readonly batched: boolean;
  /** By input: whether it has no rows, though the others have. */
  readonly whole?: readonly boolean[];
}

/** Runs the graph once; its inputs may be reused when the promise settles. */
export type RunGraph = (inputs: readonly Tensor[]) => Promise<Tensor[]>;

export interface BatchObserver {
  onBatch(ran: Ran, reason: CloseReason): void;
}

/** One place where one batch at a time runs. */
interface Lane {
  readonly run: RunGraph;
  readonly joiner: RowJoiner;
}

/**
 * Runs a model's requests in batches: whatever waits when a lane is free goes together. Requests that arrive within one
 * turn of the event loop at an idle model form one batch; those that arrive during a run form the next.
 */
export class Batcher {
  private readonly line = new Fifo<BatchRequest>();
  private readonly freeLanes: Lane[];
  private readonly laneCount: number;
  private rowsWaiting = 0;
  private rowsRunning = 0;
  private dispatchPending = false;
  private draining = false;
  private drained: (() => void) | undefined;
  private waitTimer: NodeJS.Timeout | undefined;
  private sweepTimer: NodeJS.Timeout | undefined;
  private sweepAt = Infinity;
  /** Once an output turned out not to have the batch as its first dimension, each request runs by itself. */
  private apart = false;

  constructor(
    lanes: readonly RunGraph[],
    private readonly settings: BatcherSettings,
    private readonly observer: BatchObserver,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.freeLanes = lanes.map((run) => ({ run, joiner: new RowJoiner(settings.whole) }));
    this.laneCount = lanes.length;
  }

  get queuedRows(): number {
    return this.rowsWaiting;
  }

  get runningRows(): number {
    return this.rowsRunning;
  }

  /** Whether a run is under way on every lane. */
  get busy(): boolean {
    return this.freeLanes.length === 0;
  }

  enqueue(request: BatchRequest): void {
    this.line.push(request);
    this.rowsWaiting += request.rows;
    if (request.deadline !== undefined && request.deadline < this.sweepAt) {
      this.sweepLater(request.deadline);
    }
    this.schedule();
  }

  /** Rejects the waiting requests whose client has gone or whose deadline has passed; true when there were any. */
  dropDead(): boolean {
    const now = this.now();
    const dead = this.line.remove((request) => isDead(request, now));
    for (const request of dead) {
      this.rowsWaiting -= request.rows;
      request.reject(causeOfDeath(request));
    }
    return dead.length > 0;
  }

  /** Runs what waits without waiting for more; resolves when nothing waits or runs. */
  async drain(): Promise<void> {
    this.draining = true;
    if (this.line.length > 0) {
      this.schedule();
    }
    if (!this.isEmpty()) {
      await new Promise<void>((resolve) => (this.drained = resolve));
    }
    clearTimeout(this.sweepTimer);
  }

  private isEmpty(): boolean {
    return this.line.length === 0 && this.freeLanes.length === this.laneCount;
  }

  private schedule(): void {
    if (this.dispatchPending || this.freeLanes.length === 0) {
      return;
    }
    this.dispatchPending = true;
    // After every socket that is readable in this turn has been read: their requests join the batch.
    setImmediate(this.dispatch);
  }

  private readonly dispatch = (): void => {
    this.dispatchPending = false;
    clearTimeout(this.waitTimer);
    if (this.headHasDead()) {
      this.dropDead();
    }
    while (this.line.length > 0) {
      const lane = this.freeLanes.pop();
      if (!lane) {
        return;
      }
      const policy = this.apart ? { ...this.settings, maxRows: 1 } : this.settings;
      const decision = closeBatch(this.line, policy, this.now(), this.draining);
      if (decision.kind === "wait") {
        this.freeLanes.push(lane);
        this.waitTimer = setTimeout(this.dispatch, Math.max(0, decision.until - this.now()));
        return;
      }
      void this.runBatch(lane, this.take(decision.requests, decision.rows), decision.rows, decision.reason);
    }
    if (this.isEmpty()) {
      this.drained?.();
    }
  };

  private headHasDead(): boolean {
    const now = this.now();
    const looked = Math.min(this.line.length, this.settings.maxRows);
    for (let index = 0; index < looked; index += 1) {
      const request = this.line.at(index);
      if (request && isDead(request, now)) {
        return true;
      }
    }
    return false;
  }

  private take(count: number, rows: number): BatchRequest[] {
    const requests: BatchRequest[] = [];
    for (let taken = 0; taken < count; taken += 1) {
      const request = this.line.shift();
      if (request) {
        requests.push(request);
      }
    }
    this.rowsWaiting -= rows;
    return requests;
  }

  private async runBatch(
    lane: Lane,
    requests: readonly BatchRequest[],
    rows: number,
    reason: CloseReason,
  ): Promise<void> {
    this.rowsRunning += rows;
    const startedAt = this.now();
    try {
      const outputs = await this.runOnce(lane, requests, rows);
      const ran = { rows, startedAt, endedAt: this.now() };
      if (requests[0]?.isCopy !== true) {
        this.observer.onBatch(ran, reason);
      }
      hand(outputs, requests, ran);
    } catch (error) {
      if (requests.length === 1) {
        requests[0]?.reject(error);
      } else {
        for (const request of requests) {
          await this.runAlone(lane, request);
        }
      }
    } finally {
      this.rowsRunning -= rows;
      this.freeLanes.push(lane);
      if (this.line.length > 0) {
        this.schedule();
      } else if (this.isEmpty()) {
        this.drained?.();
      }
    }
  }

  /** What a batch could not be run with is found by running each of its requests by itself. */
  private async runAlone(lane: Lane, request: BatchRequest): Promise<void> {
    const startedAt = this.now();
    try {
      const outputs = await this.runOnce(lane, [request], request.rows);
      const ran = { rows: request.rows, startedAt, endedAt: this.now() };
      this.observer.onBatch(ran, "idle");
      hand(outputs, [request], ran);
    } catch (error) {
      request.reject(error);
    }
  }

  private async runOnce(lane: Lane, requests: readonly BatchRequest[], rows: number): Promise<Tensor[]> {
    if (!this.settings.batched) {
      return lane.run(requests[0]?.inputs ?? []);
    }
    const ranRows = this.settings.fixedRows ?? rows;
    const outputs = await lane.run(
      lane.joiner.join(
        requests.map((request) => request.inputs),
        ranRows,
      ),
    );
    const odd = outputs.find((output) => output.shape[0] !== ranRows);
    this.apart ||= odd !== undefined;
    // What one request alone was answered with is its own, whatever the shape; but it cannot be divided or put together.
    if (odd && (requests.length > 1 || ranRows !== rows || requests[0]?.isPart)) {
      throw new ServiceError(
        "unprocessable",
        `The model answered ${ranRows} rows with an output of shape ${shapeText(odd.shape)}: ` +
          `it does not compute row by row. Set "batched": false in its config.json.`,
      );
    }
    return ranRows === rows ? outputs : outputs.map((output) => takeRows(output, 0, rows));
  }

  private sweepLater(at: number): void {
    clearTimeout(this.sweepTimer);
    this.sweepAt = at;
    this.sweepTimer = setTimeout(this.sweep, Math.max(0, at - this.now()) + 1);
    this.sweepTimer.unref();
  }

  private readonly sweep = (): void => {
    this.sweepAt = Infinity;
    this.dropDead();
    let earliest = Infinity;
    for (let index = 0; index < this.line.length; index += 1) {
      earliest = Math.min(earliest, this.line.at(index)?.deadline ?? Infinity);
    }
    if (earliest < Infinity) {
      this.sweepLater(earliest);
    }
  };
}

function hand(outputs: readonly Tensor[], requests: readonly BatchRequest[], ran: Ran): void {
  const [first] = requests;
  if (requests.length === 1) {
    first?.resolve(outputs, ran);
    return;
  }
  let from = 0;
  for (const request of requests) {
    const { rows } = request;
    const start = from;
    request.resolve(
      outputs.map((output) => takeRows(output, start, rows)),
      ran,
    );
    from += rows;
  }
}

function isDead(request: BatchRequest, now: number): boolean {
  return (
    (request.deadline !== undefined && now >= request.deadline) || request.cancellation?.cancelled === true
  );
}

function causeOfDeath(request: BatchRequest): ServiceError {
  return request.cancellation?.cancelled
    ? new ServiceError("client_closed_request", "The client closed the connection before the request ran.")
    : new ServiceError("deadline_exceeded", "The deadline passed while the request was waiting to run.");
}
