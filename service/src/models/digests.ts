import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** How the content of a file is told from others; in lower-case hexadecimal digits. */
export interface DigestOf {
  readonly path: string;
  readonly kind: "sha256" | "md5" | "crc32";
  /** The digest of the digests of parts that long, and their number, as S3 makes it of what was uploaded in parts. */
  readonly partBytes?: number | undefined;
}

/** Beside this module, and beside the bundle. */
const SCRIPT = new URL("./digest-worker.js", import.meta.url);

/** Reads whole files on a thread of its own: weights are long, and requests must not wait for them. */
export async function digests(wanted: readonly DigestOf[]): Promise<string[]> {
  if (wanted.length === 0) {
    return [];
  }
  const worker = new Worker(SCRIPT, { workerData: wanted, execArgv: [] });
  try {
    const [found] = (await once(worker, "message")) as [string[]];
    return found;
  } finally {
    await worker.terminate();
  }
}
