import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { StoredFile } from "./list-bucket.js";

/** A model as the last look saw it: what must be known of it to serve it from the cache. */
export interface LookedAtModel {
  readonly name: string;
  readonly configText: string | undefined;
  readonly files: ReadonlyMap<string, StoredFile>;
  readonly versions: readonly LookedAtVersion[];
}

export interface LookedAtVersion {
  readonly version: string;
  readonly files: ReadonlyMap<string, StoredFile>;
  /** The text of its manifest.json. */
  readonly manifest: string | undefined;
  readonly problem: string | undefined;
}

/** The last look at a store, kept beside what was fetched: for a start while the store is away. */
export class LastLook {
  private written: string | undefined;

  constructor(private readonly path: string) {}

  /** Undefined when there is none, or none that can be read. */
  async read(): Promise<LookedAtModel[] | undefined> {
    try {
      return JSON.parse(await readFile(this.path, "utf8"), revived) as LookedAtModel[];
    } catch {
      return undefined;
    }
  }

  /** Rejects when the folder cannot be written. */
  async write(models: readonly LookedAtModel[]): Promise<void> {
    const text = JSON.stringify(models, replaced);
    if (text === this.written) {
      return;
    }
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    const draft = `${this.path}.${randomUUID()}`;
    await writeFile(draft, text);
    await rename(draft, this.path);
    this.written = text;
  }
}

function replaced(_key: string, value: unknown): unknown {
  return value instanceof Map ? { entries: [...(value as Map<string, unknown>)] } : value;
}

function revived(_key: string, value: unknown): unknown {
  const { entries } = (value ?? {}) as { readonly entries?: unknown };
  return Array.isArray(entries) ? new Map(entries as [string, unknown][]) : value;
}
