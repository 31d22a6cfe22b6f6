import { mkdir, open, readFile, rename, rm, statfs, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { digests, GrowingDigest, type DigestOf } from "../digests.js";
import { checksumFault } from "../manifest.js";
import { shown } from "../names.js";
import { storesCheck, type FileCheck } from "./check-file.js";
import { CONTENTS_FILE, type Contents } from "./contents.js";
import { fetchFile } from "./fetch-file.js";
import { inLanes } from "./in-lanes.js";
import { inMegabytes } from "./megabytes.js";
import type { StoredFile } from "./list-bucket.js";
import type { S3Store } from "./open-s3.js";
import { doneOf, withoutGap, type Segment } from "./segments.js";
import { StoreFault } from "./store-fault.js";
import type { Unit, UnitPaths } from "./unit.js";

/** Files that are fetched at once of one version. */
const FILES_AT_ONCE = 4;
const SAVE_MILLISECONDS = 1_000;
const PROGRESS_FILE = ".progress.json";

/** Shorter files are read again when they are whole. */
const LONG_BYTES = 2 ** 23;
const TOLD_BYTES = 2 ** 23;

type UnitProgress = Record<string, Segment[]>;

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
    await noteContents(paths, await eachFile(fetch, progress));
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
  const come = doneOf(Object.values(progress).flat());
  const { bavail, bsize } = await statfs(partial);
  const needed = unit.bytes - come;
  if (needed > bavail * bsize) {
    throw new StoreFault(
      `It needs ${inMegabytes(needed)} MB more, and the disk of the folder that MODEL_CACHE names has ${inMegabytes(bavail * bsize)} MB left.`,
    );
  }
}

/** Fetches and checks every file; gives what they are. */
async function eachFile(fetch: UnitFetch, progress: UnitProgress): Promise<Contents> {
  const { unit, paths } = fetch;
  const contents: Contents = {};
  const failed = new AbortController();
  const stop = AbortSignal.any([fetch.stop, failed.signal]);
  await inLanes(FILES_AT_ONCE, unit.files, async ([path, file]) => {
    const segments = (progress[path] ??= []);
    try {
      const content = await oneFile({ ...fetch, stop }, path, file, segments);
      if (content === undefined) {
        progress[path] = [];
        await rm(join(paths.partial, path), { force: true });
        throw new StoreFault(faultOf(unit, path));
      }
      contents[path] = content;
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  });
  return contents;
}

/** Undefined when what has come is not what it should be. */
async function oneFile(
  { store, unit, paths, stop, onBytes }: UnitFetch,
  name: string,
  file: StoredFile,
  segments: Segment[],
): Promise<Contents[string] | undefined> {
  const path = join(paths.partial, name);
  const wanted = manifestsCheck(unit, name) ?? (await storesCheck(store, file, stop));
  const { kind = "sha256", partBytes } = wanted ?? {};
  onBytes(doneOf(segments), false);
  const isLong = file.bytes >= LONG_BYTES;
  const growing = isLong ? await growingDigest({ path, kind, partBytes }) : undefined;
  let told = 0;
  const note = (count: number): void => {
    onBytes(count, true);
    const bytes = withoutGap(segments);
    if (growing && bytes - told >= TOLD_BYTES) {
      told = bytes;
      growing.hasGrown(bytes);
    }
  };
  try {
    await fetchFile({ store, file, path, segments, stop, onBytes: note });
    const [digest = ""] = growing
      ? [await growing.ofWhole(file.bytes)]
      : await digests([{ path, kind, partBytes }]);
    const isRight = wanted === undefined || wanted.digest === digest;
    return isRight ? { kind, partBytes, digest, bytes: file.bytes } : undefined;
  } finally {
    await growing?.giveUp();
  }
}

/** The thread opens the file at once, so it must be there. */
async function growingDigest(wanted: DigestOf): Promise<GrowingDigest> {
  await mkdir(dirname(wanted.path), { recursive: true });
  await (await open(wanted.path, "a")).close();
  return new GrowingDigest(wanted);
}

async function noteContents({ partial }: UnitPaths, contents: Contents): Promise<void> {
  await writeFile(join(partial, CONTENTS_FILE), JSON.stringify(contents));
}

function manifestsCheck({ manifest, version }: Unit, path: string): FileCheck | undefined {
  const name = path.slice(version.length + 1);
  const named =
    path.startsWith(`${version}/`) && manifest && Object.hasOwn(manifest, name) ? manifest[name] : undefined;
  return named && { kind: "sha256", digest: named.sha256 };
}

function faultOf(unit: Unit, path: string): string {
  const name = path.slice(unit.version.length + 1);
  return manifestsCheck(unit, path)
    ? checksumFault(name)
    : `The file ${shown(name)} did not come as the model store has it: its checksum is another.`;
}
