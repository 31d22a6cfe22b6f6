import { randomBytes } from "node:crypto";
import { messageOf } from "../../server/errors.js";
import type { Logger } from "../../server/observe/logger.js";
import { hasEnded, stateOf, withState, type Job } from "./job.js";
import type { JobFolders } from "./job-folders.js";

/** Characters of the part of an id that is a time, so that ids sort as jobs came. */
const TIME_DIGITS = 9;

/** All jobs, in memory and on disk, and who wants to know when one changes. */
export class JobTable {
  private readonly jobs = new Map<string, Job>();
  private readonly saves = new Map<string, Promise<void>>();
  private readonly listeners = new Map<string, Set<() => void>>();
  private lastTime = 0;

  /** `mostKept`: jobs that have ended and are kept; older ones are removed with all that they made. */
  constructor(
    readonly folders: JobFolders,
    private readonly mostKept: number,
    private readonly log: Logger,
  ) {}

  async load(): Promise<void> {
    for (const job of await this.folders.load()) {
      this.jobs.set(job.id, job);
      this.lastTime = Math.max(this.lastTime, parseInt(job.id.slice(0, TIME_DIGITS), 36) || 0);
    }
  }

  /** Oldest first. */
  all(): Job[] {
    return [...this.jobs.values()];
  }

  get(id: string): Job | undefined {
    return this.jobs.get(id);
  }

  /** Adds a queued job; resolves once it is on disk, and forgets it when it cannot be put there. */
  async add(draft: Omit<Job, "id" | "events" | "starts">): Promise<Job> {
    const blank: Job = { ...draft, id: this.newId(), events: [], starts: 0 };
    const job = withState(blank, "queued", "It waits for its turn.", new Date());
    this.jobs.set(job.id, job);
    try {
      await this.folders.save(job);
    } catch (error) {
      this.jobs.delete(job.id);
      await this.folders.remove(job.id).catch(() => undefined);
      throw error;
    }
    return job;
  }

  /** Changes a job at once, and on disk after its changes before. */
  change(id: string, change: (job: Job) => Job): void {
    const before = this.jobs.get(id);
    const after = before && change(before);
    if (after === undefined || after === before) {
      return;
    }
    this.jobs.set(id, after);
    const save = (this.saves.get(id) ?? Promise.resolve()).then(() => this.save(after));
    this.saves.set(id, save);
    this.tell(id);
    if (hasEnded(after)) {
      const { state, reason } = stateOf(after);
      this.log.info({ job: id, recipe: after.recipe, model: after.model, state, reason }, "job has ended");
      this.removeOldest();
    }
  }

  /** Resolves once a job is on disk as it is now. */
  async saved(id: string): Promise<void> {
    await this.saves.get(id);
  }

  /** Calls `listener` whenever a job changes, until what it gives is called. */
  watch(id: string, listener: () => void): () => void {
    const listeners = this.listeners.get(id) ?? new Set();
    this.listeners.set(id, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) {
        this.listeners.delete(id);
      }
    };
  }

  /** Tells whoever watches a job that something of it has changed. */
  tell(id: string): void {
    this.listeners.get(id)?.forEach((listener) => listener());
  }

  /** Resolves once all is on disk. */
  async stop(): Promise<void> {
    await Promise.all(this.saves.values());
  }

  /** What cannot be written is told of: the job goes on, and the next change is written whole. */
  private async save(job: Job): Promise<void> {
    await this.folders.save(job).catch((error: unknown) => {
      this.log.error({ job: job.id, reason: messageOf(error) }, "job could not be written");
    });
  }

  private removeOldest(): void {
    const ended = this.all().filter(hasEnded);
    for (const { id } of ended.slice(0, Math.max(0, ended.length - this.mostKept))) {
      this.jobs.delete(id);
      const saved = this.saves.get(id) ?? Promise.resolve();
      this.saves.delete(id);
      void saved
        .then(() => this.folders.remove(id))
        .catch((error: unknown) =>
          this.log.error({ job: id, reason: messageOf(error) }, "job could not be removed"),
        );
    }
  }

  private newId(): string {
    this.lastTime = Math.max(Date.now(), this.lastTime + 1);
    return this.lastTime.toString(36).padStart(TIME_DIGITS, "0") + randomBytes(4).toString("hex");
  }
}
