import { randomUUID } from "node:crypto";
import { open, readFile, unlink } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "../unreadable.js";

/** What a lock goes by; tests have their own. */
export interface LockTimes {
  /** A lock that has been the same for so long is left over: whoever made it was killed. */
  readonly staleMilliseconds: number;
  readonly retryMilliseconds: number;
}

/** What is done under a lock takes milliseconds; a volume on a network may take a second. */
const TIMES: LockTimes = { staleMilliseconds: 5000, retryMilliseconds: 5 };

/** A lock that is held. */
export interface HeldLock {
  readonly token: string;
  /** Whether it can still be relied on: nobody takes it for left over, nor soon will. */
  isSafe(): Promise<boolean>;
}

/**
 * Runs `task` while no other process that shares the volume holds the lock `file`. A lock holds a token of its own. Whether it is
 * left over is told by watching it stay the same, on the watcher's own clock: neither process ids nor clocks are compared, which
 * would say nothing of another machine. `onLeftOver` is told the token of a lock that is cleared away.
 */
export async function withFileLock<T>(
  file: string,
  task: (lock: HeldLock) => Promise<T>,
  onLeftOver: (token: string) => Promise<void>,
  times: LockTimes = TIMES,
): Promise<T> {
  const token = randomUUID();
  const watch = new Watch(times.staleMilliseconds);
  while (!(await take(file, token))) {
    const other = await tokenOf(file);
    if (other !== undefined && watch.isLeftOver(other)) {
      await clear(file, other, onLeftOver, times);
    } else {
      await sleep(times.retryMilliseconds * (1 + Math.random()));
    }
  }
  const takenAt = performance.now();
  const isSafe = async (): Promise<boolean> =>
    performance.now() - takenAt < times.staleMilliseconds / 2 && (await tokenOf(file)) === token;
  try {
    return await task({ token, isSafe });
  } finally {
    if ((await tokenOf(file)) === token) {
      await unlink(file).catch(() => undefined);
    }
  }
}

/** How long the same token has been seen. */
class Watch {
  private token: string | undefined;
  private since = 0;

  constructor(private readonly staleMilliseconds: number) {}

  isLeftOver(token: string): boolean {
    if (token !== this.token) {
      this.token = token;
      this.since = performance.now();
    }
    return performance.now() - this.since > this.staleMilliseconds;
  }
}

/** False when somebody else has it. */
async function take(file: string, token: string): Promise<boolean> {
  try {
    const handle = await open(file, "wx");
    try {
      await handle.writeFile(token);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") {
      return false;
    }
    throw error;
  }
}

async function tokenOf(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch(() => undefined);
}

/**
 * Only one may clear a given lock away, under a lock of that name: else a second one, which saw the same, could remove the lock that
 * a third has taken meanwhile.
 */
function clear(
  file: string,
  token: string,
  onLeftOver: (token: string) => Promise<void>,
  times: LockTimes,
): Promise<void> {
  const clearing = async (): Promise<void> => {
    if ((await tokenOf(file)) === token) {
      await onLeftOver(token);
      await unlink(file).catch(() => undefined);
    }
  };
  return withFileLock(`${file}-${token || "empty"}`, clearing, () => Promise.resolve(), times);
}
