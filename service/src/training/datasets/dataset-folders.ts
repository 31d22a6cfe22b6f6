import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { isHidden, nameProblem } from "../../models/names.js";
import { ServiceError } from "../../server/errors.js";
import { quoted } from "../../server/quoted.js";

const datasetSchema = z
  .object({
    name: z.string(),
    version: z.string().describe("SHA-256 of its bytes: the same bytes are the same version."),
    bytes: z.int(),
    contentType: z.string(),
    created: z.string(),
  })
  .meta({ id: "Dataset" });
export { datasetSchema };
export type Dataset = z.infer<typeof datasetSchema>;

const FACTS_FILE = "dataset.json";
const CONTENT_FILE = "content";
const VERSION = /^[0-9a-f]{64}$/;

export interface DatasetLimits {
  /** Bytes of one upload, and of all together. */
  readonly mostBytes: number;
  readonly mostBytesTogether: number;
}

export interface Upload {
  readonly name: string;
  readonly contentType: string;
  /** SHA-256 that the sender computed, in hexadecimal digits. */
  readonly expected: string | undefined;
}

/** Uploaded data sets on disk, a folder a name and in it one a version: `NAME/SHA256/content`. */
export class DatasetFolders {
  /** Bytes that uploads write now, beside those that are kept. */
  private arriving = 0;

  constructor(
    private readonly root: string,
    private readonly limits: DatasetLimits,
  ) {}

  /** Removes what uploads left that the end of the service has cut off. */
  async start(): Promise<void> {
    await mkdir(this.root, { recursive: true });
    const left = (await readdir(this.root)).filter(isHidden);
    await Promise.all(left.map((name) => rm(join(this.root, name), { recursive: true, force: true })));
  }

  /** Every version, by name, the oldest first. */
  async list(): Promise<Dataset[]> {
    const names = (await readdir(this.root)).filter((name) => !isHidden(name)).sort();
    return (await Promise.all(names.map((name) => this.versionsOf(name)))).flat();
  }

  /** The absolute path of a version's bytes, the newest when none is named. Throws invalid_input. */
  async find(name: string, version: string | undefined): Promise<string> {
    const isSafe =
      nameProblem("data set", name) === undefined && (version === undefined || VERSION.test(version));
    const versions = isSafe ? await this.versionsOf(name) : [];
    const found = version === undefined ? versions.at(-1) : versions.find((each) => each.version === version);
    if (found === undefined) {
      const which = version === undefined ? "" : ` of version ${quoted(version)}`;
      throw new ServiceError("invalid_input", `There is no data set ${quoted(name)}${which}.`, {
        path: "data",
      });
    }
    return join(this.root, name, found.version, CONTENT_FILE);
  }

  /** Writes what `source` gives as a version. Resolves once it cannot be lost. Throws too_large, unprocessable. */
  async add({ name, contentType, expected }: Upload, source: Readable): Promise<Dataset> {
    const problem = nameProblem("data set", name);
    if (problem !== undefined) {
      throw new ServiceError("invalid_input", problem, { path: "name" });
    }
    const staging = join(this.root, `.${randomUUID()}`);
    await mkdir(staging, { recursive: true });
    try {
      const { bytes, version } = await this.receive(source, join(staging, CONTENT_FILE));
      if (expected !== undefined && expected !== version) {
        throw new ServiceError(
          "unprocessable",
          "The bytes that came have another SHA-256 than Content-Digest says.",
        );
      }
      const dataset = { name, version, bytes, contentType, created: new Date().toISOString() };
      return await this.keep(staging, dataset);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  }

  private async receive(source: Readable, path: string): Promise<{ bytes: number; version: string }> {
    const { mostBytes, mostBytesTogether } = this.limits;
    const kept = (await this.list()).reduce((sum, dataset) => sum + dataset.bytes, 0);
    const hash = createHash("sha256");
    let bytes = 0;
    const count = async function* (this: DatasetFolders, pieces: AsyncIterable<Buffer>) {
      for await (const piece of pieces) {
        bytes += piece.length;
        this.arriving += piece.length;
        if (bytes > mostBytes) {
          throw tooLarge("The data set", "MAX_DATASET_BYTES", mostBytes);
        }
        if (kept + this.arriving > mostBytesTogether) {
          throw tooLarge("All data sets together", "MAX_DATASETS_BYTES", mostBytesTogether);
        }
        hash.update(piece);
        yield piece;
      }
    };
    try {
      await pipeline(source, count.bind(this), createWriteStream(path));
    } finally {
      this.arriving -= bytes;
    }
    const file = await open(path);
    await file.sync().finally(() => file.close());
    return { bytes, version: hash.digest("hex") };
  }

  /** The version that is there already stays: the same bytes may be sent again. */
  private async keep(staging: string, dataset: Dataset): Promise<Dataset> {
    const folder = join(this.root, dataset.name, dataset.version);
    const file = await open(join(staging, FACTS_FILE), "w");
    await file.writeFile(JSON.stringify(dataset));
    await file.sync().finally(() => file.close());
    await mkdir(join(this.root, dataset.name), { recursive: true });
    await rename(staging, folder).catch(async (error: unknown) => {
      await stat(join(folder, FACTS_FILE)).catch(() => {
        throw error;
      });
    });
    return (await this.read(dataset.name, dataset.version)) ?? dataset;
  }

  private async versionsOf(name: string): Promise<Dataset[]> {
    const versions = await readdir(join(this.root, name)).catch(() => []);
    const read = await Promise.all(versions.map((version) => this.read(name, version)));
    return read.filter((dataset) => dataset !== undefined).sort((a, b) => (a.created < b.created ? -1 : 1));
  }

  private async read(name: string, version: string): Promise<Dataset | undefined> {
    const text = await readFile(join(this.root, name, version, FACTS_FILE), "utf8").catch(() => undefined);
    return text === undefined ? undefined : datasetSchema.parse(JSON.parse(text));
  }
}

function tooLarge(what: string, variable: string, limit: number): ServiceError {
  return new ServiceError("too_large", `${what} would be larger than ${variable} (${limit} bytes).`);
}
