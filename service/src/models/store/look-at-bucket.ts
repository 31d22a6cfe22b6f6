import { MANIFEST_FILE } from "../manifest.js";
import { CONFIG_FILE } from "../scan.js";
import { inLanes } from "./in-lanes.js";
import type { LookedAtModel, LookedAtVersion } from "./last-look.js";
import { listBucket, type StoredFile, type StoredModel } from "./list-bucket.js";
import type { S3Store } from "./open-s3.js";
import { LONGEST_TEXT_BYTES, readText } from "./read-object.js";
import { statusOf } from "./store-fault.js";

/** Texts that are read at once. */
const TEXTS_AT_ONCE = 8;

/** Looks at a store, again and again: lists it each time, and reads only those texts that are new. */
export class LookAtBucket {
  /** By key: what was read of it, and of which content. */
  private texts = new Map<string, { readonly etag: string; readonly text: string }>();

  constructor(
    private readonly store: () => Promise<S3Store>,
    private readonly stop: AbortSignal,
  ) {}

  /** Everything that is there. Rejects with what the SDK does. */
  async models(): Promise<LookedAtModel[]> {
    const store = await this.store();
    const models = await listBucket(store, this.stop);
    await this.read(store, models.flatMap(textsOf));
    return models.map((model) => this.looked(model));
  }

  private async read(store: S3Store, wanted: readonly StoredFile[]): Promise<void> {
    const known = this.texts;
    const texts: typeof this.texts = new Map();
    await inLanes(TEXTS_AT_ONCE, wanted, async (file) => {
      const { key, etag } = file;
      const before = known.get(key);
      const text = before?.etag === etag ? before.text : await this.textOf(store, file);
      if (text !== undefined) {
        texts.set(key, { etag, text });
      }
    });
    this.texts = texts;
  }

  /** Undefined when it has been replaced or taken away since the list was made: the next look will tell. */
  private async textOf(store: S3Store, file: StoredFile): Promise<string | undefined> {
    try {
      return await readText(store, file, this.stop);
    } catch (error) {
      const status = statusOf(error);
      if (status === 404 || status === 412) {
        return undefined;
      }
      throw error;
    }
  }

  private looked({ name, files, versions, unsafe }: StoredModel): LookedAtModel {
    return {
      name,
      configText: this.textAt(files.get(CONFIG_FILE)),
      files,
      versions: [...versions].map(([version, below]): LookedAtVersion => ({
        version,
        files: below,
        manifest: this.textAt(below.get(MANIFEST_FILE)),
        problem: unsafe.get(version),
      })),
    };
  }

  private textAt(file: StoredFile | undefined): string | undefined {
    return file && this.texts.get(file.key)?.text;
  }
}

function textsOf({ files, versions }: StoredModel): StoredFile[] {
  const manifests = [...versions.values()].map((below) => below.get(MANIFEST_FILE));
  return [files.get(CONFIG_FILE), ...manifests].filter(
    (file) => file !== undefined && file.bytes <= LONGEST_TEXT_BYTES,
  ) as StoredFile[];
}
