import { mkdir, readFile, rename, rm, statfs, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { digests } from "../digests.js";
import { checksumFault } from "../manifest.js";
import { shown } from "../names.js";
import { storesCheck, type FileCheck } from "./check-file.js";
import { CONTENTS_FILE, type Contents } from "./contents.js";
import { fetchFile, type Progress } from "./fetch-file.js";
import { inLanes } from "./in-lanes.js";
import { inMegabytes } from "./megabytes.js";
import type { S3Store } from "./open-s3.js";
import { StoreFault } from "./store-fault.js";
import type { Unit, UnitPaths } from "./unit.js";

/** Files that are fetched at once of one version. */
const FILES_AT_ONCE = 4;
const SAVE_MILLISECONDS = 1_000;
const PROGRESS_FILE = ".progress.json";

type UnitProgress = Record<string, Progress>;

/** What a fetch of a unit needs to know, and tells. */
export interface UnitFetch {
  readonly store: S3Store;
  readonly unit: Unit;
  readonly paths: UnitPaths;
  readonly stop: AbortSignal;
  readonly onBytes: (count: number, isNew: boolean) => void;
}

/**
 * Brings a unit's files into its partial folder, checks them, and then gives the folder its name at once. What has come
 * stays there when it breaks off, but for files that are wrong.
 */
export async function fetchUnit(fetch: UnitFetch): Promise<void> {
  const { unit, paths } = fetch;
  await mkdir(paths.partial, { recursive: true });
  const progress = await readProgress(paths.partial);
  await checkRoom(unit, paths, progress);
  const save = async (): Promise<void> => {
    const path = join(paths.partial, PROGRESS_FILE);
    await writeFile(`${path}.new`, JSON.stringify(progress));
    await rename(`${path}.new`, path);
  };
  const timer = setInterval(() => void save().catch(() => undefined), SAVE_MILLISECONDS).unref();
  try {
    await eachFile(fetch, progress);
    await check(fetch, progress);
  } finally {
    clearInterval(timer);
    await save().catch(() => undefined);
  }
  await rm(join(paths.partial, PROGRESS_FILE), { force: true });
  await rename(paths.partial, paths.folder);
}

async function readProgress(partial: string): Promise<UnitProgress> {
  try {
    return JSON.parse(await readFile(join(partial, PROGRESS_FILE), "utf8")) as UnitProgress;
  } catch {
    return {};
  }
}

/** A disk that is too small for a version must not be filled up by it. */
async function checkRoom(unit: Unit, { partial }: UnitPaths, progress: UnitProgress): Promise<void> {
  const come = Object.values(progress)
    .flat()
    .reduce((sum, bytes) => sum + bytes, 0);
  const { bavail, bsize } = await statfs(partial);
  const needed = unit.bytes - come;
  if (needed > bavail * bsize) {
    throw new StoreFault(
      `It needs ${inMegabytes(needed)} MB more, and the disk of the folder that MODEL_CACHE names has ${inMegabytes(bavail * bsize)} MB left.`,
    );
  }
}

async function eachFile(
  { store, unit, paths, stop, onBytes }: UnitFetch,
  progress: UnitProgress,
): Promise<void> {
  const failed = new AbortController();
  const stopped = AbortSignal.any([stop, failed.signal]);
  await inLanes(FILES_AT_ONCE, unit.files, async ([path, file]) => {
    const into = (progress[path] ??= []);
    const fetch = { store, file, path: join(paths.partial, path), progress: into, stop: stopped, onBytes };
    await fetchFile(fetch).catch((error: unknown) => {
      failed.abort(error);
      throw error;
    });
  });
}

/** Checks what has come, and notes what it is, so that it can be checked again. */
async function check({ store, unit, paths, stop }: UnitFetch, progress: UnitProgress): Promise<void> {
  const checks = new Map<string, FileCheck | undefined>();
  for (const [path, file] of unit.files) {
    checks.set(path, manifestsCheck(unit, path) ?? (await storesCheck(store, file, stop)));
  }
  const found = await digests(
    [...checks].map(([path, wanted]) => ({
      path: join(paths.partial, path),
      kind: wanted?.kind ?? "sha256",
      partBytes: wanted?.partBytes,
    })),
  );
  const contents: Contents = {};
  for (const [index, [path, wanted]] of [...checks].entries()) {
    const digest = found[index] ?? "";
    if (wanted !== undefined && wanted.digest !== digest) {
      progress[path] = [];
      await rm(join(paths.partial, path), { force: true });
      throw new StoreFault(faultOf(unit, path));
    }
    const bytes = unit.files.get(path)?.bytes ?? 0;
    contents[path] = { kind: wanted?.kind ?? "sha256", partBytes: wanted?.partBytes, digest, bytes };
  }
  const file = join(paths.partial, CONTENTS_FILE);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(contents));
}

function manifestsCheck({ manifest, version }: Unit, path: string): FileCheck | undefined {
  const name = path.slice(version.length + 1);
  const named = path.startsWith(`${version}/`) && manifest && Object.hasOwn(manifest, name) ? manifest[name] : undefined;
  return named && { kind: "sha256", digest: named.sha256 };
}

function faultOf(unit: Unit, path: string): string {
  const name = path.slice(unit.version.length + 1);
  return manifestsCheck(unit, path)
    ? checksumFault(name)
    : `The file ${shown(name)} did not come as the model store has it: its checksum is another.`;
}
