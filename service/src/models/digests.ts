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
  const worker = new Worker(SCRIPT, { workerData: { wanted, follow: false }, execArgv: [] });
  return answerOf(worker);
}

/** The digest of a file that is still being written, made as it grows. */
export class GrowingDigest {
  private readonly worker: Worker;
  private readonly answer: Promise<string[]>;

  constructor(wanted: DigestOf) {
    this.worker = new Worker(SCRIPT, { workerData: { wanted: [wanted], follow: true }, execArgv: [] });
    this.answer = answerOf(this.worker);
    // Whoever gives up does not wait for it.
    this.answer.catch(() => undefined);
  }

  /** So many bytes from the first on will not change any more. */
  hasGrown(bytes: number): void {
    this.worker.postMessage({ bytes, isEnd: false });
  }

  /** Of the whole file, which has so many bytes. */
  async ofWhole(bytes: number): Promise<string> {
    this.worker.postMessage({ bytes, isEnd: true });
    const [digest = ""] = await this.answer;
    return digest;
  }

  async giveUp(): Promise<void> {
    await this.worker.terminate();
  }
}

async function answerOf(worker: Worker): Promise<string[]> {
  try {
    const [found] = (await once(worker, "message")) as [string[]];
    return found;
  } finally {
    await worker.terminate();
  }
}
