import { realpath, stat } from "node:fs/promises";
import { isAbsolute, resolve, sep } from "node:path";
import { ServiceError } from "../../server/errors.js";
import { quoted } from "../../server/quoted.js";
import type { JobData } from "../jobs/job.js";
import type { DataSource } from "../recipes/recipe.js";
import type { DatasetFolders } from "./dataset-folders.js";

/** Finds the data that jobs name: `folder` is the setting DATA_FOLDER. */
export class DataSources {
  constructor(
    private readonly datasets: DatasetFolders,
    private readonly folder: string | undefined,
  ) {}

  /** Throws invalid_input where there is no such data. */
  async find(data: JobData): Promise<DataSource> {
    if ("example" in data) {
      return { kind: "example", name: data.example };
    }
    if ("dataset" in data) {
      const { dataset, version } = data;
      return {
        kind: "file",
        path: await this.datasets.find(dataset, version),
        name: `the data set ${dataset}`,
      };
    }
    return { kind: "file", path: await this.below(data.path), name: data.path };
  }

  /** Links are followed, and must not lead out. */
  private async below(path: string): Promise<string> {
    const fault = (reason: string): ServiceError =>
      new ServiceError("invalid_input", `The path ${quoted(path)} ${reason}.`, { path: "data.path" });
    if (this.folder === undefined) {
      throw fault("cannot be read: the setting DATA_FOLDER names no folder");
    }
    if (isAbsolute(path) || path.includes("\0")) {
      throw fault("must be relative to DATA_FOLDER");
    }
    const root = await realpath(this.folder).catch(() => undefined);
    const found = root === undefined ? undefined : await realpath(resolve(root, path)).catch(() => undefined);
    const isInside =
      root !== undefined && found !== undefined && (found === root || found.startsWith(root + sep));
    // The same words for what is outside as for what is not there: they tell nothing of what is.
    if (!isInside) {
      throw fault("leads to nothing in DATA_FOLDER");
    }
    const kind = await stat(found);
    if (!kind.isFile() && !kind.isDirectory()) {
      throw fault("leads to a device or a pipe");
    }
    return found;
  }
}
