import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Surroundings } from "#service/models/pointer/change-pointer.js";
import { FolderRecords } from "#service/models/pointer/folder-records.js";
import type { Records } from "#service/models/pointer/records.js";

/** Who asks in tests, and why. */
export const ASKED = { who: { name: "ann", by: "command line" }, why: "because" } as const;

/** A model repository in a temporary folder with versions of a model `m`, for those who change what serves. */
export class PointerFixture {
  readonly audited: object[] = [];
  /** Moved by tests. */
  time = Date.parse("2026-01-02T03:04:05.000Z");

  private constructor(
    readonly root: string,
    readonly records: Records,
  ) {}

  static async create(versions: readonly string[], config?: object | string): Promise<PointerFixture> {
    const root = await mkdtemp(join(tmpdir(), "pointer-"));
    for (const version of versions) {
      await mkdir(join(root, "m", version), { recursive: true });
      await writeFile(join(root, "m", version, "model.onnx"), "model");
    }
    if (config !== undefined) {
      const text = typeof config === "string" ? config : `${JSON.stringify(config, null, 2)}\n`;
      await writeFile(join(root, "m", "config.json"), text);
    }
    return new PointerFixture(
      root,
      new FolderRecords(root, { staleMilliseconds: 300, retryMilliseconds: 2 }),
    );
  }

  /** Through other records, such as such that fail. */
  surroundings(records: Records = this.records): Surroundings {
    const log = {
      info: (fields: object) => void this.audited.push(fields),
      warn: () => undefined,
      error: () => undefined,
    };
    return { records, log, now: () => new Date(this.time) };
  }

  text(): Promise<string> {
    return readFile(join(this.root, "m", "config.json"), "utf8");
  }

  async config(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  dispose(): Promise<void> {
    return rm(this.root, { recursive: true });
  }
}
