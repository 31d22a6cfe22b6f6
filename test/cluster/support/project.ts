import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";

import { IMAGE_INPUTS, NOT_INPUTS } from "#infra/image/inputs.js";

/** A copy of the repository that a test may change, with this one's packages. */
export class Project {
  private constructor(readonly root: string) {}

  /** Copies what the program needs, and further files. */
  static async copy(...further: string[]): Promise<Project> {
    const root = await mkdtemp(join(tmpdir(), "project-"));
    const needed = ["Pulumi.yaml", ".dockerignore", "tsconfig.json", ...IMAGE_INPUTS, "infra", ...further];
    for (const path of new Set(needed)) {
      await cp(path, join(root, path), {
        recursive: true,
        filter: (source) => !NOT_INPUTS.has(basename(source)),
      });
    }
    for (const folder of ["node_modules", "infra/node_modules", "service/node_modules"]) {
      if (existsSync(folder)) {
        await symlink(resolve(folder), join(root, folder));
      }
    }
    return new Project(root);
  }

  /** Adds text to the end of a file. */
  async append(path: string, text: string): Promise<void> {
    const file = join(this.root, path);
    await writeFile(file, (await readFile(file, "utf8")) + text);
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true });
  }
}
