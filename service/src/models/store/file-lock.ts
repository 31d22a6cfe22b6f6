import { readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { codeOf } from "../unreadable.js";

/** A lock whose file has not been touched for so long is nobody's any more. */
const STALE_MILLISECONDS = 20_000;
const BEAT_MILLISECONDS = 4_000;

const OWN = `${hostname()} ${process.pid}`;

/**
 * Takes the lock that the file at `path` stands for, among all processes that share the folder; gives how to release it, or
 * undefined while another has it. Two may have it for a moment when its holder died, so what it guards must bear that.
 */
export async function takeLock(path: string): Promise<(() => Promise<void>) | undefined> {
  if (!(await create(path)) && !((await isStale(path)) && (await replace(path)))) {
    return undefined;
  }
  const beat = setInterval(() => {
    const now = new Date();
    void utimes(path, now, now).catch(() => undefined);
  }, BEAT_MILLISECONDS).unref();
  return async () => {
    clearInterval(beat);
    await rm(path, { force: true });
  };
}

async function create(path: string): Promise<boolean> {
  try {
    await writeFile(path, OWN, { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") {
      return false;
    }
    throw error;
  }
}

async function replace(path: string): Promise<boolean> {
  await rm(path, { force: true });
  return create(path);
}

async function isStale(path: string): Promise<boolean> {
  try {
    const [owner, { mtimeMs }] = await Promise.all([readFile(path, "utf8"), stat(path)]);
    return Date.now() - mtimeMs > STALE_MILLISECONDS || isDead(owner);
  } catch (error) {
    if (codeOf(error) === "ENOENT") {
      return true;
    }
    throw error;
  }
}

/** Whether it was a process of this machine, which is gone. */
function isDead(owner: string): boolean {
  const [host, pid] = owner.split(" ");
  if (host !== hostname() || pid === undefined || Number(pid) === process.pid) {
    return false;
  }
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return codeOf(error) === "ESRCH";
  }
}
