import type { Scan } from "../scan.js";
import type { VersionFiles } from "../version-folder.js";

/** Where models come from: a folder, or a bucket whose versions are fetched into a cache. */
export interface ModelRepository {
  /**
   * Looks at everything that is there; loads nothing. Rejects when nothing is known of it. Versions that are `absent` have
   * no files on this machine yet.
   */
  scan(): Promise<Scan>;
  /** Brings the files of an absent version here; its `absent` says how that goes, and in the end whether it went well. */
  fetch(model: string, version: VersionFiles): Promise<void>;
  /** Files of versions that are at none of `paths` (of their model.onnx) may be thrown away, where they are copies. */
  retain(paths: ReadonlySet<string>): void;
  figures(): RepositoryFigures;
  /** Gives up what is being fetched; what has come so far is kept. */
  stop(): Promise<void>;
}

/** What an operator watches. */
export interface RepositoryFigures {
  readonly fetchedBytes: number;
  /** Looks and fetches that failed. */
  readonly failures: number;
  /** Seconds since it cannot be looked at; 0 while it can. */
  readonly awaySeconds: number;
}
