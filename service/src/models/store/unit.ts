import { createHash } from "node:crypto";
import { join } from "node:path";
import type { ManifestFiles } from "../manifest.js";
import type { StoredFile, StoredFiles } from "./list-bucket.js";

/** What is kept of a version in the cache: its files, and those of its model that it is warmed up with. */
export interface Unit {
  readonly model: string;
  readonly version: string;
  /** Of all files: other content is another unit. */
  readonly id: string;
  /** By path below the unit's folder. */
  readonly files: StoredFiles;
  readonly bytes: number;
  /** By path below the version's folder. */
  readonly manifest: ManifestFiles | undefined;
}

/** `examples` lie beside the version's folder. */
export function unitOf(
  model: string,
  version: string,
  files: StoredFiles,
  examples: StoredFiles,
  manifest: ManifestFiles | undefined,
): Unit {
  const all = new Map<string, StoredFile>(examples);
  for (const [path, file] of files) {
    all.set(`${version}/${path}`, file);
  }
  const content = [...all].map(([path, { bytes, etag }]) => [path, bytes, etag]).sort();
  const id = createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 20);
  const bytes = [...all.values()].reduce((sum, file) => sum + file.bytes, 0);
  return { model, version, id, files: all, bytes, manifest };
}

/** Where a unit is in the cache of a store at `root`. */
export interface UnitPaths {
  /** There once it is whole. */
  readonly folder: string;
  /** While it is being fetched. */
  readonly partial: string;
  readonly lock: string;
  readonly model: string;
}

export function pathsOf(
  root: string,
  { model, version, id }: Pick<Unit, "model" | "version" | "id">,
): UnitPaths {
  const name = `${version}@${id}`;
  const folder = join(root, model, name);
  return {
    folder,
    partial: join(root, model, `.${name}.partial`),
    lock: join(root, model, `.${name}.lock`),
    model: join(folder, version, "model.onnx"),
  };
}
