/** The pointer of what serves: a model's config.json and what is kept beside it, replaced whole and conditionally. */

import { createHash } from "node:crypto";

/** A small file of a model repository as it was read. */
export interface Recorded {
  readonly text: string;
  /** What it is replaced by: changes whenever the text does. */
  readonly revision: string;
}

/**
 * The small files of a model repository that the service may write: each is replaced whole, and only as it was last read, so that
 * of two writers none loses the other's change. Paths are relative to the repository, with `/`.
 */
export interface Records {
  /** For people: a folder's path, or a bucket and a prefix. */
  readonly place: string;
  /** Undefined where there is none. */
  read(path: string): Promise<Recorded | undefined>;
  /**
   * Replaces what was read with that revision, or writes what was not there (undefined), and gives the new revision. Throws a
   * RecordConflict, and changes nothing, when something else is there by now.
   */
  write(path: string, text: string, revision: string | undefined): Promise<string>;
  /** Does nothing where there is none. */
  remove(path: string): Promise<void>;
  /** Names in a folder, sorted; none when there is no folder. */
  list(folder: string): Promise<string[]>;
  /** The model's versions that hold a model.onnx, oldest first. */
  versions(model: string): Promise<string[]>;
}

/** Somebody else wrote at the same time: read it again, and decide anew. */
export class RecordConflict extends Error {
  override readonly name = "RecordConflict";
}

/** The same for the same text, wherever it is kept. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
