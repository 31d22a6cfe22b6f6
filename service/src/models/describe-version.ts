import { createHash } from "node:crypto";
import { messageOf } from "../server/errors.js";
import { loadingText } from "./config-file.js";
import { MANIFEST_FILE, parseManifest, sizesFault, type Manifest } from "./manifest.js";
import { nameProblem, shown } from "./names.js";
import { codeOf, unreadable } from "./unreadable.js";
import type { VersionFiles } from "./version-folder.js";

/** What is known of a file of a version, wherever it lies. */
export interface Entry {
  readonly kind: "file" | "folder" | "other";
  readonly bytes: number;
  /** Changes when its content does. */
  readonly mark: string | number;
}

/** By path below the version's folder, with `/`: what is known of it, or why nothing is. */
export type Entries = ReadonlyMap<string, Entry | Error>;

/** What a look at a version finds. */
export interface FoundVersion {
  readonly version: string;
  /** Absolute path of its model.onnx. */
  readonly path: string;
  readonly entries: Entries;
  readonly configText: string | undefined;
  /** The text of its manifest.json. */
  readonly manifest?: string | undefined;
  /** Why there is nothing to load, where more is known than the entries tell. */
  readonly problem?: string | undefined;
}

const MODEL_FILE = "model.onnx";

/** Whether a folder of these is a version, or may be meant as one. */
export function holdsModel(entries: Entries): boolean {
  return [...entries.keys()].some(isModel);
}

/** The version that was found. */
export function describeVersion(found: FoundVersion): VersionFiles {
  const { version, path, entries, configText } = found;
  const { manifest, fault } = readManifest(found);
  const problem = found.problem ?? nameProblem("version", version) ?? modelProblem(entries) ?? fault;
  return {
    version,
    path,
    bytes: filesOf(entries).reduce((sum, [, { bytes }]) => sum + bytes, 0),
    stamp: stampOf(entries, configText),
    ...(manifest && { manifest }),
    ...(problem !== undefined && { problem }),
  };
}

function readManifest({ manifest: text, entries }: FoundVersion): {
  readonly manifest?: Manifest;
  readonly fault?: string | undefined;
} {
  if (text === undefined) {
    const entry = entries.get(MANIFEST_FILE);
    return entry === undefined || (!(entry instanceof Error) && entry.kind !== "file")
      ? {}
      : {
          fault: entry instanceof Error ? unreadable(MANIFEST_FILE, entry) : `${MANIFEST_FILE} is too large.`,
        };
  }
  try {
    const manifest = parseManifest(text);
    const sizes = new Map(filesOf(entries).map(([name, { bytes }]) => [name, bytes]));
    return { manifest, fault: sizesFault(manifest.files, (name) => sizes.get(name)) };
  } catch (error) {
    return { fault: messageOf(error) };
  }
}

function filesOf(entries: Entries): [string, Entry][] {
  return [...entries].filter((entry): entry is [string, Entry] => {
    const [, found] = entry;
    return !(found instanceof Error) && found.kind === "file";
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
    return found.kind === "file"
      ? undefined
      : `${MODEL_FILE} is ${found.kind === "folder" ? "a folder" : "a device or a pipe"}; it must be the model's file.`;
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
    return found.kind === "file" ? [[name, found.bytes, found.mark]] : [];
  });
  return createHash("sha256")
    .update(JSON.stringify([stamps, loadingText(configText) ?? null]))
    .digest("hex");
}
