/** Jobs: from a request to train to a version in the model store, whatever ends in between. */

import { rm } from "node:fs/promises";
import { ServiceError } from "../../server/errors.js";
import { quoted } from "../../server/quoted.js";
import { hasEnded, stateOf, withEpoch, withState, type Job, type State } from "./job.js";
import type { JobTable } from "./job-table.js";
import type { JobProcess, Launch } from "./launch.js";
import type { Message } from "./messages.js";
import { publishingFault, type Publisher, type Trained } from "../publish/publisher.js";
import type { DataSource } from "../recipes/recipe.js";

/** How far a running job is. */
export interface Progress {
  readonly fraction: number;
  readonly epoch: number;
  readonly epochs: number;
}

export interface JobsOptions {
  readonly table: JobTable;
  readonly launch: Launch;
  readonly publisher: Publisher;
  /** Where a job's data is now. Throws where it is no more. */
  readonly sourceOf: (job: Job) => Promise<DataSource>;
  /** Jobs that run at once. */
  readonly concurrent: number;
  /** Jobs that wait at most. */
  readonly mostQueued: number;
}

/** Starts of a job without one more epoch: past them it is what ends the service. */
const MOST_STARTS = 3;

/** Runs jobs in the order in which they came, a few at once. */
export class Jobs {
  private readonly processes = new Map<string, JobProcess>();
  private readonly live = new Map<string, Progress>();
  private readonly runs = new Map<string, Promise<void>>();
  private readonly cancelled = new Set<string>();
  private isStopping = false;

  constructor(private readonly options: JobsOptions) {}

  /** Takes up what was there before the service ended. */
  async start(): Promise<void> {
    await this.options.table.load();
    for (const job of this.table.all()) {
      if (stateOf(job).state === "running") {
        this.takeUp(job);
      }
    }
    this.startNext();
  }

  get table(): JobTable {
    return this.options.table;
  }

  progressOf(id: string): Progress | undefined {
    return this.live.get(id);
  }

  /** Throws not_found. */
  get(id: string): Job {
    const job = this.table.get(id);
    if (job === undefined) {
      throw new ServiceError("not_found", `There is no job ${quoted(id)}.`);
    }
    return job;
  }

  /** Queues a job; resolves once it cannot be lost any more. Throws queue_full, shutting_down. */
  async add(draft: Omit<Job, "id" | "events" | "starts">): Promise<Job> {
    if (this.isStopping) {
      throw new ServiceError("shutting_down", "The server is shutting down.");
    }
    const waiting = this.table.all().filter((job) => stateOf(job).state === "queued").length;
    if (waiting >= this.options.mostQueued) {
      throw new ServiceError(
        "queue_full",
        `There are ${waiting} jobs that wait, as many as MAX_QUEUED_JOBS lets.`,
        {
          retryAfterSeconds: 60,
        },
      );
    }
    const job = await this.table.add(draft);
    this.startNext();
    return this.get(job.id);
  }

  /** Resolves once the job's process has ended. Throws unprocessable for a job that has ended otherwise. */
  async cancel(id: string): Promise<Job> {
    const { state } = stateOf(this.get(id));
    if (state === "queued") {
      this.end(id, "cancelled", "It was cancelled before it ran.");
    } else if (state === "running") {
      this.cancelled.add(id);
      this.processes.get(id)?.kill();
      await this.runs.get(id);
    }
    await this.table.saved(id);
    const job = this.get(id);
    if (stateOf(job).state !== "cancelled") {
      throw new ServiceError("unprocessable", `The job has ${stateOf(job).state} already.`);
    }
    return job;
  }

  /** Ends what runs. It counts as running still, and goes on when the service does. */
  async stop(): Promise<void> {
    this.isStopping = true;
    for (const process of this.processes.values()) {
      process.kill();
    }
    await Promise.all(this.runs.values());
    await this.table.stop();
  }

  private takeUp(job: Job): void {
    const { epoch } = job.events.findLast((event) => event.type === "epoch") ?? { epoch: 0 };
    if (job.starts >= MOST_STARTS) {
      const reason = `The service ended ${job.starts} times while it ran, each time before another epoch was done.`;
      this.end(job.id, "failed", reason);
    } else {
      this.note(job.id, "queued", `The service was restarted; it goes on after epoch ${epoch}.`);
    }
  }

  private startNext(): void {
    while (!this.isStopping && this.runs.size < this.options.concurrent) {
      const next = this.table.all().find((job) => stateOf(job).state === "queued");
      if (next === undefined) {
        return;
      }
      this.note(next.id, "running", "It is its turn.", 1);
      const run = this.run(next.id).finally(() => {
        this.runs.delete(next.id);
        this.startNext();
      });
      this.runs.set(next.id, run);
    }
  }

  private async run(id: string): Promise<void> {
    try {
      await this.work(id);
    } catch (error) {
      this.end(id, "failed", error instanceof ServiceError ? error.message : publishingFault(error));
    } finally {
      this.cancelled.delete(id);
      this.live.delete(id);
    }
  }

  private async work(id: string): Promise<void> {
    await this.table.saved(id);
    const { last, reason } = await this.process(id);
    if (this.isStopping && last === undefined) {
      return;
    }
    if (this.cancelled.has(id)) {
      this.end(id, "cancelled", "It was cancelled while it ran.");
    } else if (last?.type !== "trained") {
      this.end(id, "failed", last?.type === "failed" ? last.reason : reason);
    } else {
      await this.publish(id, last);
    }
  }

  /** Resolves with the process's last word, or with why there is none. */
  private async process(
    id: string,
  ): Promise<{ readonly last: Message | undefined; readonly reason: string }> {
    const { launch, publisher, sourceOf } = this.options;
    const job = this.get(id);
    const { folders } = this.table;
    const data = await sourceOf(job);
    const serving = job.model === undefined ? undefined : await publisher.servingVersion(job.model);
    if (this.isStopping || this.cancelled.has(id)) {
      return { last: undefined, reason: "" };
    }
    let last: Message | undefined;
    const { recipe, parameters } = job;
    const paths = { checkpoint: folders.checkpointOf(id), artifacts: folders.artifactsOf(id) };
    const process = launch({
      assignment: { recipe, parameters, data, serving, ...paths },
      log: folders.logOf(id),
      onMessage: (message) => {
        last = this.hear(id, message) ?? last;
      },
    });
    this.processes.set(id, process);
    const reason = await process.ended;
    this.processes.delete(id);
    return { last, reason };
  }

  /** Gives what is a last word. */
  private hear(id: string, message: Message): Message | undefined {
    switch (message.type) {
      case "progress": {
        const { fraction, epoch, epochs } = message;
        this.live.set(id, { fraction, epoch, epochs });
        this.table.tell(id);
        return undefined;
      }
      case "epoch": {
        const { epoch, epochs, figures } = message;
        this.table.change(id, (job) => withEpoch(job, epoch, epochs, figures, new Date()));
        return undefined;
      }
      default:
        return message;
    }
  }

  private async publish(id: string, trained: Trained): Promise<void> {
    const job = this.get(id);
    const { model } = job;
    const metrics = trained.metrics as NonNullable<Job["result"]>["metrics"];
    if (model === undefined) {
      this.table.change(id, (before) => ({ ...before, result: { gate: trained.gate, metrics } }));
      this.end(id, "succeeded", "It was trained; the job names no model to publish it as.");
      return;
    }
    const artifacts = this.table.folders.artifactsOf(id);
    const { gate, ...published } = await this.options.publisher.publish(
      { ...job, model },
      artifacts,
      trained,
    );
    this.table.change(id, (before) => ({ ...before, result: { published, gate, metrics } }));
    const promoted = published.promoted
      ? published.forced
        ? "and promoted by force"
        : "and promoted"
      : "but not promoted";
    this.end(id, "succeeded", `Version ${published.version} was published ${promoted}. ${gate.reason}`);
  }

  private note(id: string, state: State, reason: string, starts = 0): void {
    this.table.change(id, (job) => ({
      ...withState(job, state, reason, new Date()),
      starts: job.starts + starts,
    }));
  }

  private end(id: string, state: State, reason: string): void {
    if (!hasEnded(this.get(id))) {
      this.note(id, state, reason);
      void rm(this.table.folders.checkpointOf(id), { force: true });
    }
  }
}
