import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../server/errors.js";
import type { Logger } from "../../server/observe/logger.js";
import { jobSchema, type Job } from "./job.js";

const JOB_FILE = "job.json";

/** What a job makes; nothing else of its folder is given out. */
export const ARTIFACTS = {
  "metrics.json": "application/json",
  "learning-curve.png": "image/png",
  "confusion.png": "image/png",
  "model.onnx": "application/octet-stream",
} as const;
export type ArtifactName = keyof typeof ARTIFACTS;

/** The jobs of a service on disk: a folder a job, and in it one file that is replaced whole. */
export class JobFolders {
  constructor(
    readonly root: string,
    private readonly log: Logger,
  ) {}

  folderOf(id: string): string {
    return join(this.root, id);
  }

  /** Where a job puts what it makes. */
  artifactsOf(id: string): string {
    return join(this.root, id, "artifacts");
  }

  /** What a job said. */
  logOf(id: string): string {
    return join(this.root, id, "logs.txt");
  }

  checkpointOf(id: string): string {
    return join(this.root, id, "checkpoint.bin");
  }

  /** Every job, oldest first. A file that cannot be read is told of and left alone. */
  async load(): Promise<Job[]> {
    await mkdir(this.root, { recursive: true });
    const names = (await readdir(this.root)).filter((name) => !name.startsWith(".")).sort();
    const jobs = await Promise.all(names.map((name) => this.read(name)));
    return jobs.filter((job) => job !== undefined);
  }

  private async read(id: string): Promise<Job | undefined> {
    try {
      return jobSchema.parse(JSON.parse(await readFile(join(this.root, id, JOB_FILE), "utf8")));
    } catch (error) {
      this.log.error({ folder: this.folderOf(id), reason: messageOf(error) }, "job cannot be read");
      return undefined;
    }
  }

  /** Resolves once it is on disk: after a loss of power the file is the old one or the new one. */
  async save(job: Job): Promise<void> {
    const folder = this.folderOf(job.id);
    await mkdir(folder, { recursive: true });
    await replaceFile(join(folder, JOB_FILE), `${JSON.stringify(job)}\n`);
    await syncFolder(this.root);
  }

  async remove(id: string): Promise<void> {
    await rm(this.folderOf(id), { recursive: true, force: true });
  }
}

/** Replaces a file whole: whoever reads it, whenever this process ends, finds the old one or the new one. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const staging = `${path}.new`;
  const file = await open(staging, "w");
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(staging, path);
  await syncFolder(join(path, ".."));
}

/** Not every file system can. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync().catch(() => undefined);
  } finally {
    await folder.close();
  }
}
