/** A place in a bucket. */
export interface S3Address {
  readonly bucket: string;
  /** What the keys of models begin with: empty, or ends with `/`. */
  readonly prefix: string;
}

const SCHEME = "s3://";

/** The rules of general purpose buckets, which those of other stores do not exceed. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Keys have 1024 bytes at most, and models need some of them. */
const LONGEST_PREFIX = 512;

/** Whether a model repository is named by an address, so that it is no folder's path. */
export function isAddress(repository: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(repository);
}

/** What is wrong with the address of a bucket, to follow its name: "must …"; undefined when nothing is. */
export function addressFault(address: string): string | undefined {
  if (!address.startsWith(SCHEME)) {
    return `must be a folder or begin with ${SCHEME}`;
  }
  const { bucket, prefix } = split(address);
  if (!BUCKET.test(bucket)) {
    return "must name a bucket, as in s3://my-models/production: 3 to 63 lower-case letters, digits, dots and hyphens";
  }
  if (/[?#\\\p{C}]/u.test(prefix) || prefix.split("/").some((part) => part === "." || part === "..")) {
    return "must have a prefix without '?', '#', backslashes, '.' and '..'";
  }
  return prefix.length > LONGEST_PREFIX || prefix.includes("//")
    ? `must have a prefix of at most ${LONGEST_PREFIX} characters, without empty parts`
    : undefined;
}

/** Reads `s3://bucket/prefix`. Throws where `addressFault` has something to say. */
export function parseS3Address(address: string): S3Address {
  const fault = addressFault(address);
  if (fault !== undefined) {
    throw new Error(`The address '${address}' ${fault}.`);
  }
  const { bucket, prefix } = split(address);
  return { bucket, prefix: prefix === "" ? "" : `${prefix.replace(/\/$/, "")}/` };
}

function split(address: string): S3Address {
  const [bucket = "", ...parts] = address.slice(SCHEME.length).split("/");
  return { bucket, prefix: parts.join("/") };
}
