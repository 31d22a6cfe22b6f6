import type { S3Store } from "./open-s3.js";
import type { StoredFile } from "./list-bucket.js";
import { StoreFault } from "./store-fault.js";

const MILLISECONDS = 30_000;

/** Beyond it a text is no configuration. */
export const LONGEST_TEXT_BYTES = 2 ** 20;

/** The text of a small file as the look has found it. Rejects when it has changed since. */
export async function readText(
  { client, bucket }: S3Store,
  { key, bytes, etag }: StoredFile,
  stop: AbortSignal,
): Promise<string> {
  if (bytes > LONGEST_TEXT_BYTES) {
    throw new StoreFault(`The file has ${bytes} bytes, which is too much for a text of this kind.`);
  }
  const { GetObjectCommand } = await import("@aws-sdk/client-s3");
  const abortSignal = AbortSignal.any([stop, AbortSignal.timeout(MILLISECONDS)]);
  const wanted = new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: etag });
  const { Body } = await client.send(wanted, { abortSignal });
  return (await Body?.transformToString()) ?? "";
}
