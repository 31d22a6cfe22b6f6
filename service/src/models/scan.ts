/** Models: the model repository on disk, its layout, configuration and versions; loads nothing. */

import { messageOf } from "../server/errors.js";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isHidden, nameProblem } from "./names.js";
import { codeOf, isMissing, unreadable } from "./unreadable.js";
import { lookAtVersion, type VersionFiles } from "./version-folder.js";

export interface ModelFolder {
  readonly name: string;
  /** Absolute path of the model's folder. */
  readonly folder: string;
  /** The text of config.json; undefined without one. */
  readonly configText: string | undefined;
  readonly versions: readonly VersionFiles[];
  /** Why it cannot be looked at as a whole, so that nothing is known of what is gone: a whole sentence. */
  readonly problem?: string;
}

/** What a look at the model repository gives. */
export interface Scan {
  readonly models: readonly ModelFolder[];
  /** Folders that hold models under names that nothing is served under. */
  readonly misnamed: readonly ModelFolder[];
  /** Why this is what was seen earlier, and not what is there now: a whole sentence. */
  readonly outdated?: string;
}

export const CONFIG_FILE = "config.json";

/** What is wrong with a model that has no version. */
export const NO_VERSION = "No version folder holds a model.onnx.";

/**
 * Everything in the model repository `root`, laid out `NAME/VERSION/model.onnx`, sorted by name. Loads nothing. What is
 * wrong in one model's folder is said of that model.
 */
export async function scanRepository(root: string): Promise<Scan> {
  const models: ModelFolder[] = [];
  const misnamed: ModelFolder[] = [];
  const names = await namesIn(root).catch((error: unknown) => {
    throw new Error(`The model repository '${root}' cannot be read: ${messageOf(error)}.`, { cause: error });
  });
  for (const name of names) {
    const model = await lookAtModel(join(root, name), name);
    if (model && nameProblem("model", name) === undefined) {
      models.push(model);
    } else if (model && model.versions.length > 0) {
      misnamed.push(model);
    }
  }
  return { models, misnamed };
}

/** The model `name` in `folder`. Rejects when there is no such folder. */
export async function scanModel(folder: string, name: string): Promise<ModelFolder> {
  const { text: configText, problem } = await readConfig(folder);
  const versions: VersionFiles[] = [];
  try {
    for (const version of await namesIn(folder)) {
      const files =
        version === CONFIG_FILE ? undefined : await lookAtVersion(join(folder, version), version, configText);
      if (files) {
        versions.push(files);
      }
    }
  } catch (error) {
    if (isNoFolder(error)) {
      throw error;
    }
    return { name, folder, configText, versions, problem: unreadable("The model's folder", error) };
  }
  return { name, folder, configText, versions, ...(problem !== undefined && { problem }) };
}

/** Undefined when it is no folder, or gone. Follows symbolic links: mounted volumes are made of them. */
async function lookAtModel(folder: string, name: string): Promise<ModelFolder | undefined> {
  return scanModel(folder, name).catch((error: unknown) => {
    if (isNoFolder(error)) {
      return undefined;
    }
    throw error;
  });
}

function isNoFolder(error: unknown): boolean {
  return isMissing(error) || codeOf(error) === "ENOTDIR";
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !isHidden(name)).sort();
}

interface Config {
  readonly text: string | undefined;
  readonly problem?: string;
}

async function readConfig(folder: string): Promise<Config> {
  try {
    return { text: await readFile(join(folder, CONFIG_FILE), "utf8") };
  } catch (error) {
    return isNoFolder(error)
      ? { text: undefined }
      : { text: undefined, problem: unreadable(CONFIG_FILE, error) };
  }
}
