import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

import { fault } from "../fault.js";
import { fullKey } from "../settings/keys.js";

/** What a version is called in a repository of models. */
const VERSION = /^[^/]+\/[^/]+\/model\.onnx$/;

/** A folder of models on this machine. */
export interface ModelsFolder {
  readonly path: string;
  /** Paths of its files, sorted, without those that the server leaves alone: whose names begin with a dot. */
  readonly files: readonly string[];
  readonly bytes: number;
}

/** The folder that the setting names, from the project's root. Throws where it is none that could be served. */
export function modelsFolder(root: string, folder: string): ModelsFolder {
  const path = resolve(root, folder);
  const files = read(() => filesBelow(path, "")).sort();
  if (!files.some((file) => VERSION.test(file))) {
    throw wrong(`${path} holds no model: one is NAME/VERSION/model.onnx`);
  }
  const sizes = files.map((file) => statSync(join(path, file)).size);
  return { path, files, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

function filesBelow(root: string, below: string): string[] {
  return readdirSync(join(root, below)).flatMap((name) => {
    const path = below === "" ? name : `${below}/${name}`;
    if (name.startsWith(".")) {
      return [];
    }
    return statSync(join(root, path)).isDirectory() ? filesBelow(root, path) : [path];
  });
}

function read<T>(of: () => T): T {
  try {
    return of();
  } catch (error) {
    const { code, path = "" } = error as NodeJS.ErrnoException;
    throw code === undefined ? error : wrong(`${path} ${REASONS[code] ?? `cannot be read (${code})`}`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  ENOTDIR: "is no folder",
  EACCES: "may not be read",
  ELOOP: "is a link that leads back to itself",
};

function wrong(reason: string): Error {
  return fault(`${fullKey("models.folder")}: ${reason}.`);
}
