import { createWriteStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import type { StoredFile } from "./list-bucket.js";
import type { S3Store } from "./open-s3.js";
import { remainderOf, split, type Segment } from "./segments.js";
import { statusOf, StoreFault } from "./store-fault.js";

/** A file is fetched in so many ranges at once at most, and in more than one only where one alone is slow. */
const MOST_RANGES = 4;
const SLOW_BYTES_A_SECOND = 50e6;
const RATE_MILLISECONDS = 1_000;
const WORTHWHILE_GAIN = 1.2;
/** Of the event loop's time. */
const BUSY = 0.6;

/** Attempts of a range in which nothing at all comes, before it is given up for now. */
const MOST_ATTEMPTS = 4;
const FIRST_PAUSE_MILLISECONDS = 250;
/** A transfer in which nothing comes for so long is broken. */
const SILENT_MILLISECONDS = 20_000;
const WRITE_BYTES = 2 ** 20;

/** What a fetch of a file needs to know, and tells. */
export interface FileFetch {
  readonly store: S3Store;
  readonly file: StoredFile;
  readonly path: string;
  /** Of an earlier attempt, or empty; is kept up to date. */
  readonly segments: Segment[];
  readonly stop: AbortSignal;
  /** Told of how many bytes more are on disk. */
  readonly onBytes: (count: number) => void;
}

/** Brings a file to `path`, going on where an earlier attempt broke off. Rejects when the store's file has changed. */
export async function fetchFile(fetch: FileFetch): Promise<void> {
  const { file, path, segments } = fetch;
  await mkdir(dirname(path), { recursive: true });
  await (await open(path, segments.length > 0 ? "r+" : "w")).close();
  if (segments.length === 0 && file.bytes > 0) {
    segments.push({ begin: 0, end: file.bytes, done: 0 });
  }
  // The first that gives up ends the others, or they would write on.
  const failed = new AbortController();
  const stop = AbortSignal.any([fetch.stop, failed.signal]);
  let come = 0;
  const onBytes = (count: number): void => {
    come += count;
    fetch.onBytes(count);
  };
  const running = new Set<Promise<void>>();
  const begin = (segment: Segment): void => {
    const run = fetchSegment({ ...fetch, stop, onBytes }, segment)
      .catch((error: unknown) => failed.abort(error))
      .finally(() => running.delete(run));
    running.add(run);
  };
  const wantsMore = rateWatch();
  const timer = setInterval(() => {
    const isWorth = wantsMore(come);
    come = 0;
    const more = isWorth && !stop.aborted && running.size < MOST_RANGES ? split(segments) : undefined;
    if (more) {
      begin(more);
    }
  }, RATE_MILLISECONDS);
  try {
    for (const segment of segments) {
      begin(segment);
    }
    while (running.size > 0) {
      await Promise.all(running);
    }
    failed.signal.throwIfAborted();
  } finally {
    clearInterval(timer);
  }
}

/**
 * Tells, from the bytes of each interval, whether another range may help: what comes is slow, the last range that was added
 * did help, and it is not this process that is slow.
 */
function rateWatch(): (bytes: number) => boolean {
  let before = performance.eventLoopUtilization();
  let atLastRange = 0;
  return (bytes) => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    const isSlow = bytes < (SLOW_BYTES_A_SECOND * RATE_MILLISECONDS) / 1000;
    if (!isSlow || utilization > BUSY || bytes < WORTHWHILE_GAIN * atLastRange) {
      return false;
    }
    atLastRange = bytes;
    return true;
  };
}

async function fetchSegment(fetch: FileFetch, segment: Segment): Promise<void> {
  for (let attempts = 0; remainderOf(segment) > 0;) {
    const before = segment.done;
    try {
      await receive(fetch, segment);
    } catch (error) {
      attempts = segment.done > before ? 1 : attempts + 1;
      if (fetch.stop.aborted || isFinal(error) || attempts >= MOST_ATTEMPTS) {
        throw error;
      }
      await pause(FIRST_PAUSE_MILLISECONDS * 2 ** (attempts - 1), undefined, { signal: fetch.stop });
    }
  }
}

/** Whether the next attempt would not get further: the store says no, or the disk does. */
function isFinal(error: unknown): boolean {
  const status = statusOf(error);
  const isRefused = status !== undefined && status >= 300 && status < 500 && status !== 408 && status !== 429;
  return isRefused || (error instanceof Error && "syscall" in error && error.syscall === "write");
}

async function receive({ store, file, path, stop, onBytes }: FileFetch, segment: Segment): Promise<void> {
  const { GetObjectCommand } = await import("@aws-sdk/client-s3");
  const silence = new AbortController();
  const silent = new DOMException("Nothing comes.", "TimeoutError");
  const timer = setTimeout(() => silence.abort(silent), SILENT_MILLISECONDS);
  const signal = AbortSignal.any([stop, silence.signal]);
  const begin = segment.begin + segment.done;
  const before = segment.done;
  try {
    const wanted = { Bucket: store.bucket, Key: file.key, IfMatch: file.etag };
    // Some stores take longer to begin with a range than with the whole.
    const isWhole = begin === 0 && segment.end === file.bytes;
    const Range = isWhole ? undefined : `bytes=${begin}-${segment.end - 1}`;
    const command = new GetObjectCommand({ ...wanted, Range });
    const { Body, ContentRange } = await store.client.send(command, { abortSignal: signal });
    if (ContentRange === undefined && !isWhole) {
      throw new StoreFault("The model store does not give parts of files, which are asked for by ranges.");
    }
    const target = createWriteStream(path, { flags: "r+", start: begin, highWaterMark: WRITE_BYTES });
    const note = (): void => {
      timer.refresh();
      const count = before + target.bytesWritten - segment.done;
      segment.done += count;
      onBytes(count);
    };
    const cut: { error?: Error } = {};
    const pieces = (source: AsyncIterable<Buffer>): AsyncIterable<Buffer> =>
      upTo(segment, source, begin, note, cut);
    try {
      await pipeline(Body as Readable, pieces, target, { signal });
    } finally {
      note();
    }
    if (cut.error !== undefined) {
      throw cut.error;
    }
    if (remainderOf(segment) > 0) {
      throw new DOMException("The transfer was cut.", "AbortError");
    }
  } catch (error) {
    throw silence.signal.aborted ? silent : error;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The pieces that belong to the segment, which may become shorter meanwhile. Where the transfer breaks off they end, so that
 * all that has come is written, and `cut` tells.
 */
async function* upTo(
  segment: Segment,
  source: AsyncIterable<Buffer>,
  begin: number,
  note: () => void,
  cut: { error?: Error },
): AsyncGenerator<Buffer> {
  let at = begin;
  try {
    for await (const piece of source) {
      note();
      const bytes = piece.subarray(0, segment.end - at);
      at += bytes.length;
      yield bytes;
      if (at >= segment.end) {
        return;
      }
    }
  } catch (error) {
    cut.error = error instanceof Error ? error : new Error(String(error));
  }
}
