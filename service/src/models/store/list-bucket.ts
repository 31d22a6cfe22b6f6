import { isHidden, isInside, shown } from "../names.js";
import type { S3Store } from "./open-s3.js";
import { StoreFault } from "./store-fault.js";

/** A file in the store. */
export interface StoredFile {
  readonly key: string;
  readonly bytes: number;
  /** With its quotes, as the store gives it and takes it back. */
  readonly etag: string;
}

/** By path below the folder that they are in. */
export type StoredFiles = ReadonlyMap<string, StoredFile>;

/** A model as the keys show it. */
export interface StoredModel {
  readonly name: string;
  /** Everything below the model's prefix. */
  readonly files: StoredFiles;
  /** By version: everything below its prefix. */
  readonly versions: ReadonlyMap<string, StoredFiles>;
  /** By version: why a key of it cannot be a file's path. */
  readonly unsafe: ReadonlyMap<string, string>;
}

/** A look reads all keys: beyond so many it would take too long, and too much memory. */
const MOST_KEYS = 100_000;
const PAGE_MILLISECONDS = 30_000;

/** One sweep over the keys below the store's prefix: its models, by name. What is hidden is left out. */
export async function listBucket(
  { client, bucket, prefix }: S3Store,
  stop: AbortSignal,
): Promise<StoredModel[]> {
  const { ListObjectsV2Command } = await import("@aws-sdk/client-s3");
  const models = new Map<string, GrowingModel>();
  let count = 0;
  for (let token: string | undefined, isLast = false; !isLast;) {
    const abortSignal = AbortSignal.any([stop, AbortSignal.timeout(PAGE_MILLISECONDS)]);
    const page = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
      { abortSignal },
    );
    for (const { Key: key = "", Size: bytes = 0, ETag: etag = "" } of page.Contents ?? []) {
      place(models, key.slice(prefix.length), { key, bytes, etag });
    }
    count += page.Contents?.length ?? 0;
    if (count > MOST_KEYS) {
      throw new StoreFault(
        `The model store holds more than ${MOST_KEYS} keys below MODEL_REPOSITORY: give the models a prefix of their own.`,
      );
    }
    token = page.NextContinuationToken;
    isLast = page.IsTruncated !== true || token === undefined;
  }
  return [...models.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
}

interface GrowingModel extends StoredModel {
  readonly files: Map<string, StoredFile>;
  readonly versions: Map<string, Map<string, StoredFile>>;
  readonly unsafe: Map<string, string>;
}

function place(models: Map<string, GrowingModel>, path: string, file: StoredFile): void {
  const [name = "", ...parts] = path.split("/");
  // A key that ends with a slash stands for a folder, in tools that show folders.
  if (parts.length === 0 || parts.at(-1) === "" || !isInside(name) || isHidden(name)) {
    return;
  }
  const model: GrowingModel = models.get(name) ?? {
    name,
    files: new Map(),
    versions: new Map(),
    unsafe: new Map(),
  };
  models.set(name, model);
  const [version = "", ...below] = parts;
  if (!isInside(parts.join("/"))) {
    model.unsafe.set(version, `The key '${shown(path)}' cannot be the path of a file.`);
    return;
  }
  if (parts.some(isHidden)) {
    return;
  }
  model.files.set(parts.join("/"), file);
  if (below.length > 0) {
    const files = model.versions.get(version) ?? new Map<string, StoredFile>();
    model.versions.set(version, files.set(below.join("/"), file));
  }
}
