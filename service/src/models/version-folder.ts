import type { Stats } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describeVersion, holdsModel, type Entries, type Entry } from "./describe-version.js";
import { LONGEST_MANIFEST_BYTES, MANIFEST_FILE, type Manifest, type ManifestFiles } from "./manifest.js";
import { isHidden, nameProblem } from "./names.js";
import { isMissing, unreadable } from "./unreadable.js";

/** What lies in the repository of one version. */
export interface VersionFiles {
  readonly version: string;
  /** Absolute path of its model.onnx. */
  readonly path: string;
  /** Of all its files. */
  readonly bytes: number;
  /** Changes when a file of the version does, or what of config.json it is loaded with: names, sizes, times of change. */
  readonly stamp: string;
  /** Why there is nothing to load, as far as names tell: a whole sentence. */
  readonly problem?: string;
  /** What its manifest.json says; undefined without one, or when it is wrong. */
  readonly manifest?: Manifest;
  /** Those whose content must be checked against it when they are loaded. */
  readonly unchecked?: ManifestFiles;
  /** Set while its files are not on this machine, which they must be to be loaded. */
  readonly absent?: Absence;
}

/** How it goes with the files of a version that lie elsewhere; changes while they are fetched. */
export interface Absence {
  /** `failed` is tried again later, and becomes `unasked` by then. */
  readonly state: "unasked" | "fetching" | "failed";
  /** A whole sentence on how far it is, such as "It is being fetched: 120 of 500 MB."; undefined unless it is being fetched. */
  readonly reason?: string | undefined;
  /** Why the last attempt failed: a whole sentence. */
  readonly failure?: string | undefined;
}

const MODEL_FILE = "model.onnx";

/** Links may lead anywhere: beyond this many names the rest does not count. */
const MOST_NAMES = 10_000;

/** The version in `folder`, which `configText` belongs to; undefined when it holds no model, nor what may be meant as one. */
export async function lookAtVersion(
  folder: string,
  version: string,
  configText: string | undefined,
): Promise<VersionFiles | undefined> {
  const path = join(folder, MODEL_FILE);
  try {
    if (!(await stat(folder)).isDirectory()) {
      return undefined;
    }
    const entries = await entriesOf(folder);
    if (!holdsModel(entries)) {
      return undefined;
    }
    const files = describeVersion({
      version,
      path,
      entries,
      configText,
      manifest: await manifestIn(folder, entries),
    });
    return { ...files, ...(files.manifest && { unchecked: files.manifest.files }) };
  } catch (error) {
    if (isMissing(error) || nameProblem("version", version) !== undefined) {
      return undefined;
    }
    const problem = unreadable("The version's folder", error);
    return describeVersion({ version, path, entries: new Map(), configText: problem, problem });
  }
}

/** The text of its manifest.json; undefined without one. */
async function manifestIn(folder: string, entries: Entries): Promise<string | undefined> {
  const entry = entries.get(MANIFEST_FILE);
  return entry instanceof Error || entry?.kind !== "file" || entry.bytes > LONGEST_MANIFEST_BYTES
    ? undefined
    : readFile(join(folder, MANIFEST_FILE), "utf8");
}

/** Everything below `root`, its own files first: weights may lie beside the graph, and in folders there. */
async function entriesOf(root: string): Promise<Entries> {
  const entries = new Map<string, Entry | Error>();
  const folders = [{ path: root, below: "" }];
  const visited = new Set<string>();
  for (let folder = folders.shift(); folder && entries.size < MOST_NAMES; folder = folders.shift()) {
    const { path, below } = folder;
    // Links may lead back to where they lie.
    const { dev, ino } = await stat(path);
    if (visited.has(`${dev}:${ino}`)) {
      continue;
    }
    visited.add(`${dev}:${ino}`);
    for (const name of (await namesIn(path, below, entries)).sort()) {
      const entry = await stat(join(path, name)).then(entryOf, asError);
      entries.set(`${below}${name}`, entry);
      if (!(entry instanceof Error) && entry.kind === "folder" && !isHidden(name)) {
        folders.push({ path: join(path, name), below: `${below}${name}/` });
      }
    }
  }
  return entries;
}

/** Only the version's own folder must be readable. */
async function namesIn(path: string, below: string, entries: Map<string, Entry | Error>): Promise<string[]> {
  const names = await readdir(path).catch(asError);
  if (!(names instanceof Error)) {
    return names;
  }
  if (below === "") {
    throw names;
  }
  entries.set(below, names);
  return [];
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function entryOf(found: Stats): Entry {
  const kind = found.isFile() ? "file" : found.isDirectory() ? "folder" : "other";
  return { kind, bytes: found.size, mark: found.mtimeMs };
}
