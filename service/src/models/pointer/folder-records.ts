import { chmod, mkdir, open, readdir, readFile, realpath, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { messageOf, ServiceError } from "../../server/errors.js";
import { scanModel } from "../scan.js";
import { codeOf, isMissing } from "../unreadable.js";
import { compareVersions } from "../versions.js";
import { withFileLock, type HeldLock, type LockTimes } from "./file-lock.js";
import { digestOf, RecordConflict, type Recorded, type Records } from "./records.js";

/** Records in a folder that several processes share, on one machine or several. */
export class FolderRecords implements Records {
  constructor(
    readonly place: string,
    private readonly times?: LockTimes,
  ) {}

  async read(path: string): Promise<Recorded | undefined> {
    return recordedIn(join(this.place, path)).catch((error: unknown) => {
      throw this.unreadable(path, error);
    });
  }

  async write(path: string, text: string, revision: string | undefined): Promise<string> {
    try {
      const file = await targetOf(join(this.place, path));
      const hidden = join(dirname(file), `.${basename(file).replace(/^\./, "")}`);
      const staging = (token: string): string => `${hidden}.${token}.new`;
      const replace = (lock: HeldLock): Promise<string> =>
        replaceFile({ file, staging: staging(lock.token), text, revision, lock });
      const onLeftOver = (token: string): Promise<void> => discard(staging(token));
      return await withFileLock(`${hidden}.lock`, replace, onLeftOver, this.times);
    } catch (error) {
      throw error instanceof RecordConflict ? error : this.unwritable(path, error);
    }
  }

  async remove(path: string): Promise<void> {
    await unlink(join(this.place, path)).catch((error: unknown) => {
      if (!isMissing(error)) {
        throw this.unwritable(path, error);
      }
    });
  }

  async list(folder: string): Promise<string[]> {
    try {
      return (await readdir(join(this.place, folder))).sort();
    } catch (error) {
      if (isMissing(error)) {
        return [];
      }
      throw this.unreadable(folder, error);
    }
  }

  async versions(model: string): Promise<string[]> {
    try {
      const { versions } = await scanModel(join(this.place, model), model);
      return versions
        .filter(({ problem }) => problem === undefined)
        .map(({ version }) => version)
        .sort(compareVersions);
    } catch (error) {
      if (isMissing(error)) {
        return [];
      }
      throw error;
    }
  }

  private unreadable(path: string, cause: unknown): ServiceError {
    return new ServiceError(
      "repository_unavailable",
      `In the model repository ${this.place}, ${path} cannot be read: ${messageOf(cause)}.`,
      { cause },
    );
  }

  private unwritable(path: string, cause: unknown): ServiceError {
    const why = UNWRITABLE[codeOf(cause) ?? ""] ?? messageOf(cause);
    return new ServiceError(
      "repository_unavailable",
      `The file ${path} cannot be written, and is as it was: the model repository ${this.place} ${why}.`,
      { cause },
    );
  }
}

const UNWRITABLE: Readonly<Record<string, string>> = {
  EROFS: "is read-only",
  EACCES: "may not be written by this user",
  EPERM: "may not be written by this user",
  ENOSPC: "is full",
  EDQUOT: "is full",
};

/** A link is followed: what it leads to is replaced, not the link. */
async function targetOf(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  return realpath(path).catch((error: unknown) => {
    if (isMissing(error)) {
      return path;
    }
    throw error;
  });
}

async function recordedIn(file: string): Promise<Recorded | undefined> {
  try {
    const text = await readFile(file, "utf8");
    return { text, revision: digestOf(text) };
  } catch (error) {
    if (isMissing(error)) {
      return undefined;
    }
    throw error;
  }
}

interface Replacement {
  readonly file: string;
  readonly staging: string;
  readonly text: string;
  readonly revision: string | undefined;
  readonly lock: HeldLock;
}

/** Readers see the old file or the new one, whole; after a loss of power too. */
async function replaceFile({ file, staging, text, revision, lock }: Replacement): Promise<string> {
  const current = await recordedIn(file);
  if (current?.revision !== revision) {
    throw new RecordConflict(`${basename(file)} was changed by somebody else.`);
  }
  try {
    await writeThrough(staging, text);
    if (current !== undefined) {
      await chmod(staging, (await stat(file)).mode);
    }
    if (!(await lock.isSafe())) {
      throw new RecordConflict(
        `Writing ${basename(file)} took so long that somebody else may have begun to.`,
      );
    }
    await rename(staging, file);
  } catch (error) {
    await discard(staging);
    throw error;
  }
  await syncFolder(dirname(file));
  return digestOf(text);
}

async function writeThrough(path: string, text: string): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Not every file system can. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

async function discard(path: string): Promise<void> {
  await unlink(path).catch(() => undefined);
}
