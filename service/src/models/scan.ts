/** Models: the model repository on disk, its layout, configuration and versions; loads nothing. */

import { messageOf } from "../server/errors.js";
import { createHash } from "node:crypto";
import type { Stats } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

/** A version folder that holds a model.onnx. */
export interface VersionFiles {
  readonly version: string;
  /** Absolute path of its model.onnx. */
  readonly path: string;
  /** Of all its files. */
  readonly bytes: number;
  /** Changes when a file of the version or the model's config.json does: names, sizes and times of change. */
  readonly stamp: string;
}

export interface ModelFolder {
  readonly name: string;
  /** Absolute path of the model's folder. */
  readonly folder: string;
  /** The text of config.json; undefined without one. */
  readonly configText: string | undefined;
  readonly versions: readonly VersionFiles[];
}

const MODEL_FILE = "model.onnx";

/** Folders whose names start with a dot are left alone: a place to copy into before renaming. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/** Everything in the model repository `root`, laid out `NAME/VERSION/model.onnx`, sorted by name. Loads nothing. */
export async function scanRepository(root: string): Promise<ModelFolder[]> {
  const models: ModelFolder[] = [];
  const names = await folderNames(root).catch((error: unknown) => {
    throw new Error(`The model repository '${root}' cannot be read: ${messageOf(error)}.`, { cause: error });
  });
  for (const name of names) {
    models.push(await scanModel(join(root, name), name));
  }
  return models;
}

/** The model `name` in `folder`. Rejects when there is no such folder. */
export async function scanModel(folder: string, name: string): Promise<ModelFolder> {
  const configText = await readIfThere(join(folder, "config.json"));
  const versions: VersionFiles[] = [];
  for (const version of await folderNames(folder)) {
    const files = await statFiles(join(folder, version));
    if (!files.has(MODEL_FILE)) {
      continue;
    }
    versions.push({
      version,
      path: join(folder, version, MODEL_FILE),
      bytes: [...files.values()].reduce((sum, { size }) => sum + size, 0),
      stamp: digest(files, configText),
    });
  }
  return { name, folder, configText, versions };
}

async function folderNames(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => NAME.test(name)).sort();
  const folders: string[] = [];
  // stat follows symbolic links: mounted volumes are made of them.
  for (const name of names) {
    if ((await statIfThere(join(folder, name)))?.isDirectory()) {
      folders.push(name);
    }
  }
  return folders;
}

/** Every file in `folder`, by name: weights may lie beside the graph. */
async function statFiles(folder: string): Promise<Map<string, Stats>> {
  const files = new Map<string, Stats>();
  for (const name of (await readdir(folder)).sort()) {
    const file = await statIfThere(join(folder, name));
    if (file?.isFile()) {
      files.set(name, file);
    }
  }
  return files;
}

function digest(files: ReadonlyMap<string, Stats>, configText: string | undefined): string {
  const stamps = [...files].map(([name, { size, mtimeMs }]) => [name, size, mtimeMs]);
  return createHash("sha256")
    .update(JSON.stringify([stamps, configText ?? null]))
    .digest("hex");
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) {
      return undefined;
    }
    throw error;
  }
}

async function statIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (isMissing(error)) {
      return undefined;
    }
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
