import { existsSync } from "node:fs";
import { mkdir, readdir, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { messageOf } from "../../server/errors.js";
import type { Absence } from "../version-folder.js";
import { isKept } from "./contents.js";
import { fetchUnit } from "./fetch-unit.js";
import { takeLock } from "./file-lock.js";
import { inMegabytes } from "./megabytes.js";
import type { S3Store } from "./open-s3.js";
import { storeFault } from "./store-fault.js";
import { pathsOf, type Unit } from "./unit.js";

/** Versions that are fetched at once. */
const UNITS_AT_ONCE = 2;
const LOCK_POLL_MILLISECONDS = 250;
const FIRST_RETRY_MILLISECONDS = 5_000;
const LONGEST_RETRY_MILLISECONDS = 300_000;

/** How often what is used is touched, and how long nobody may have touched what is thrown away. */
export interface CacheTiming {
  readonly touchMilliseconds: number;
  readonly unusedMilliseconds: number;
}

const TIMING: CacheTiming = { touchMilliseconds: 30_000, unusedMilliseconds: 120_000 };

/** How it goes with a unit in this process. */
interface State {
  phase: "fetching" | "here" | "failed";
  bytes: number;
  failure?: string | undefined;
  failures: number;
  /** On the clock of `performance.now()`. */
  retryAt: number;
  /** Of the other process that fetches it. */
  elsewhere: boolean;
}

/** What an operator counts. */
export interface CacheFigures {
  fetchedBytes: number;
  failures: number;
}

/**
 * What was fetched of a store, in a folder that several processes may share: each unit under a name of its own, there as a
 * whole or not at all.
 */
export class UnitCache {
  readonly figures: CacheFigures = { fetchedBytes: 0, failures: 0 };
  private readonly states = new Map<string, State>();
  private readonly stopping = new AbortController();
  private readonly waiting: (() => void)[] = [];
  private readonly running = new Set<Promise<void>>();
  private free = UNITS_AT_ONCE;
  private inUse: ReadonlySet<string> = new Set();
  private known: readonly Unit[] = [];
  private timer: NodeJS.Timeout | undefined;

  /** Files are below `root`; `store` is asked for when there is something to fetch. */
  constructor(
    readonly root: string,
    private readonly store: () => Promise<S3Store>,
    private readonly timing: CacheTiming = TIMING,
  ) {}

  /** What is between a unit and its use; undefined when nothing is. */
  absenceOf(unit: Unit): Absence | undefined {
    const state = this.states.get(keyOf(unit));
    switch (state?.phase) {
      case "here":
        // Another process may have thrown it away meanwhile.
        return existsSync(pathsOf(this.root, unit).folder) ? undefined : { state: "unasked" };
      case "fetching":
        return { state: "fetching", reason: reasonOf(unit, state), failure: state.failure };
      case "failed":
        return { state: performance.now() < state.retryAt ? "failed" : "unasked", failure: state.failure };
      case undefined:
        return { state: "unasked" };
    }
  }

  /** Resolves when the unit is here, or could not be fetched for now. */
  fetch(unit: Unit): Promise<void> {
    const before = this.states.get(keyOf(unit));
    if (before?.phase === "fetching" || this.absenceOf(unit) === undefined) {
      return Promise.resolve();
    }
    const state: State = {
      phase: "fetching",
      bytes: 0,
      failure: before?.failure,
      failures: before?.failures ?? 0,
      retryAt: 0,
      elsewhere: false,
    };
    this.states.set(keyOf(unit), state);
    const run = this.run(unit, state).finally(() => this.running.delete(run));
    this.running.add(run);
    return run;
  }

  /**
   * Throws away, now and from time to time, what no process uses: `paths` are of the models that this one uses, `known`
   * what there is to be fetched.
   */
  retain(paths: ReadonlySet<string>, known: readonly Unit[]): void {
    this.inUse = new Set([...paths].map((path) => dirname(dirname(path))));
    this.known = known;
    if (this.timer === undefined && !this.stopping.signal.aborted) {
      this.timer = setInterval(() => void this.sweep(), this.timing.touchMilliseconds).unref();
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort(new DOMException("The server is shutting down.", "AbortError"));
    this.waiting.splice(0).forEach((go) => go());
    await Promise.all(this.running);
  }

  /** What a process uses is touched; what nobody has touched for a while is used by none. */
  private async sweep(): Promise<void> {
    const now = new Date();
    await Promise.all([...this.inUse].map((folder) => utimes(folder, now, now).catch(() => undefined)));
    const wanted = this.known.filter((unit) => {
      const phase = this.states.get(keyOf(unit))?.phase;
      return phase === "fetching" || phase === "failed";
    });
    const kept = new Set([
      ...this.inUse,
      ...wanted.flatMap((unit): string[] => Object.values({ ...pathsOf(this.root, unit) })),
    ]);
    for (const model of await readdir(this.root, { withFileTypes: true }).catch(() => [])) {
      if (model.isDirectory()) {
        await this.sweepModel(join(this.root, model.name), kept);
      }
    }
    this.forget();
  }

  private async sweepModel(folder: string, kept: ReadonlySet<string>): Promise<void> {
    for (const name of await readdir(folder).catch(() => [])) {
      const path = join(folder, name);
      const found = await stat(path).catch(() => undefined);
      const isUsed = kept.has(path) || (found && Date.now() - found.mtimeMs < this.timing.unusedMilliseconds);
      if (found && !isUsed) {
        await rm(path, { recursive: true, force: true }).catch(() => undefined);
      }
    }
  }

  /** What is gone from the store, and need not be remembered. */
  private forget(): void {
    const keys = new Set(this.known.map(keyOf));
    for (const [key, { phase }] of this.states) {
      if (phase !== "fetching" && !keys.has(key)) {
        this.states.delete(key);
      }
    }
  }

  private async run(unit: Unit, state: State): Promise<void> {
    try {
      await this.enter();
      await this.bring(unit, state);
      state.phase = "here";
      state.failure = undefined;
      state.failures = 0;
    } catch (error) {
      state.phase = "failed";
      state.failure = this.stopping.signal.aborted
        ? messageOf(this.stopping.signal.reason)
        : storeFault(error);
      state.retryAt =
        performance.now() +
        Math.min(LONGEST_RETRY_MILLISECONDS, FIRST_RETRY_MILLISECONDS * 2 ** state.failures);
      state.failures += 1;
      this.figures.failures += 1;
    } finally {
      this.leave();
    }
  }

  private async bring(unit: Unit, state: State): Promise<void> {
    const paths = pathsOf(this.root, unit);
    // Whoever could write there could have anything loaded.
    await mkdir(dirname(paths.folder), { recursive: true, mode: 0o700 });
    for (;;) {
      this.stopping.signal.throwIfAborted();
      if (await isKept(paths)) {
        return;
      }
      const release = await takeLock(paths.lock);
      if (release === undefined) {
        state.elsewhere = true;
        await pause(LOCK_POLL_MILLISECONDS, undefined, { signal: this.stopping.signal });
        continue;
      }
      state.elsewhere = false;
      try {
        // Another process may have fetched it since.
        if (!(await isKept(paths))) {
          await rm(paths.folder, { recursive: true, force: true });
          await this.fetchNow(unit, state);
        }
        return;
      } finally {
        await release();
      }
    }
  }

  private async fetchNow(unit: Unit, state: State): Promise<void> {
    state.bytes = 0;
    const { figures } = this;
    await fetchUnit({
      store: await this.store(),
      unit,
      paths: pathsOf(this.root, unit),
      stop: this.stopping.signal,
      onBytes: (count, isNew) => {
        state.bytes += count;
        figures.fetchedBytes += isNew ? count : 0;
      },
    });
  }

  private async enter(): Promise<void> {
    if (this.free > 0) {
      this.free -= 1;
      return;
    }
    await new Promise<void>((go) => this.waiting.push(go));
  }

  private leave(): void {
    const next = this.waiting.shift();
    if (next) {
      next();
    } else {
      this.free += 1;
    }
  }
}

function keyOf({ model, version, id }: Unit): string {
  return JSON.stringify([model, version, id]);
}

function reasonOf({ bytes: all }: Unit, { bytes, elsewhere }: State): string {
  return elsewhere
    ? "Another process fetches it."
    : `It is being fetched: ${inMegabytes(bytes)} of ${inMegabytes(all)} MB.`;
}
