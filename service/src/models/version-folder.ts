import { createHash } from "node:crypto";
import type { Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { loadingText } from "./config-file.js";
import { isHidden, nameProblem, shown } from "./names.js";
import { codeOf, isMissing, unreadable } from "./unreadable.js";

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

/** By path below the version's folder, with `/`: what is known of it, or why nothing is. */
type Entries = Map<string, Stats | Error>;

/** The version in `folder`, which `configText` belongs to; undefined when it holds no model, nor what may be meant as one. */
export async function lookAtVersion(
  folder: string,
  version: string,
  configText: string | undefined,
): Promise<VersionFiles | undefined> {
  const badName = nameProblem("version", version);
  const path = join(folder, MODEL_FILE);
  try {
    if (!(await stat(folder)).isDirectory()) {
      return undefined;
    }
    const entries = await entriesOf(folder);
    if (![...entries.keys()].some(isModel)) {
      return undefined;
    }
    const problem = badName ?? modelProblem(entries);
    return {
      version,
      path,
      bytes: filesOf(entries).reduce((sum, [, { size }]) => sum + size, 0),
      stamp: stampOf(entries, configText),
      ...(problem !== undefined && { problem }),
    };
  } catch (error) {
    if (isMissing(error) || badName !== undefined) {
      return undefined;
    }
    const problem = unreadable("The version's folder", error);
    return { version, path, bytes: 0, stamp: stampOf(new Map(), problem), problem };
  }
}

/** Everything below `root`, its own files first: weights may lie beside the graph, and in folders there. */
async function entriesOf(root: string): Promise<Entries> {
  const entries: Entries = new Map();
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
      const entry = await stat(join(path, name)).catch(asError);
      entries.set(`${below}${name}`, entry);
      if (!(entry instanceof Error) && entry.isDirectory() && !isHidden(name)) {
        folders.push({ path: join(path, name), below: `${below}${name}/` });
      }
    }
  }
  return entries;
}

/** Only the version's own folder must be readable. */
async function namesIn(path: string, below: string, entries: Entries): Promise<string[]> {
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

function filesOf(entries: Entries): [string, Stats][] {
  return [...entries].filter((entry): entry is [string, Stats] => {
    const [, found] = entry;
    return !(found instanceof Error) && found.isFile();
  });
}

/** Model hubs keep such files in a folder of that name. */
function isModel(name: string): boolean {
  return /^(?:onnx\/)?[^/]*\.onnx$/i.test(name);
}

/** Undefined when there is a file to load. */
function modelProblem(entries: Entries): string | undefined {
  const found = entries.get(MODEL_FILE);
  if (found instanceof Error) {
    return unreadable(MODEL_FILE, found);
  }
  if (found) {
    return found.isFile()
      ? undefined
      : `${MODEL_FILE} is ${found.isDirectory() ? "a folder" : "a device or a pipe"}; it must be the model's file.`;
  }
  const [first = "", ...more] = [...entries.keys()].filter(isModel);
  const rest = more.length === 0 ? "" : ` and ${more.length} more`;
  return `The version holds ${shown(first)}${rest}, but no ${MODEL_FILE}: give the file that is to be served that name, in the version's own folder.`;
}

/** What cannot be read counts too: it may be read later. */
function stampOf(entries: Entries, configText: string | undefined): string {
  const stamps = [...entries].flatMap(([name, found]) => {
    if (found instanceof Error) {
      return [[name, codeOf(found) ?? found.message]];
    }
    return found.isFile() ? [[name, found.size, found.mtimeMs]] : [];
  });
  return createHash("sha256")
    .update(JSON.stringify([stamps, loadingText(configText) ?? null]))
    .digest("hex");
}
