import type { HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import type { DigestOf } from "../digests.js";
import type { S3Store } from "./open-s3.js";
import type { StoredFile } from "./list-bucket.js";

/** What the content of a file must come to. */
export interface FileCheck extends Pick<DigestOf, "kind" | "partBytes"> {
  readonly digest: string;
}

/**
 * What the store itself says of a file's content: its checksum, or its ETag where that is made of the content. Undefined
 * where the store has neither, so that nothing but the size can be held against it.
 */
export async function storesCheck(
  store: S3Store,
  file: StoredFile,
  abortSignal: AbortSignal,
): Promise<FileCheck | undefined> {
  const { HeadObjectCommand } = await import("@aws-sdk/client-s3");
  const head = (part?: number): Promise<HeadObjectCommandOutput> =>
    store.client.send(
      new HeadObjectCommand({
        Bucket: store.bucket,
        Key: file.key,
        // The ETag that stores give for a part may be the part's own.
        ...(part === undefined
          ? { IfMatch: file.etag, ChecksumMode: "ENABLED" as const }
          : { PartNumber: part }),
      }),
      { abortSignal },
    );
  const whole = await head();
  if (isOfWhole(whole.ChecksumSHA256)) {
    return { kind: "sha256", digest: Buffer.from(whole.ChecksumSHA256, "base64").toString("hex") };
  }
  const [, md5, parts] = /^"?([0-9a-f]{32})(?:-(\d+))?"?$/.exec(file.etag) ?? [];
  if (md5 !== undefined && isOfContent(whole)) {
    if (parts === undefined) {
      return { kind: "md5", digest: md5 };
    }
    const partBytes = await evenParts(file, Number(parts), head);
    if (partBytes !== undefined) {
      return { kind: "md5", partBytes, digest: `${md5}-${parts}` };
    }
  }
  return isOfWhole(whole.ChecksumCRC32)
    ? { kind: "crc32", digest: Buffer.from(whole.ChecksumCRC32, "base64").toString("hex") }
    : undefined;
}

/** That of a file in parts is one of the parts' checksums, and ends with their number. */
function isOfWhole(checksum: string | undefined): checksum is string {
  return checksum !== undefined && !checksum.includes("-");
}

/** With keys of its own or of the caller's, S3 makes the ETag of something else. */
function isOfContent({ ServerSideEncryption, SSECustomerAlgorithm }: HeadObjectCommandOutput): boolean {
  return (
    (ServerSideEncryption === undefined || ServerSideEncryption === "AES256") &&
    SSECustomerAlgorithm === undefined
  );
}

/** The length of all parts but the last, where the first and the last say that they are alike. */
async function evenParts(
  { bytes }: StoredFile,
  parts: number,
  head: (part: number) => Promise<HeadObjectCommandOutput>,
): Promise<number | undefined> {
  const { ContentLength: first = 0 } = await head(1);
  const { ContentLength: last = 0 } = parts === 1 ? { ContentLength: first } : await head(parts);
  return first > 0 && first * (parts - 1) + last === bytes ? first : undefined;
}
