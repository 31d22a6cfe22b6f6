import { mkdir, open, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { statusOf, StoreFault } from "./store-fault.js";
import type { S3Store } from "./open-s3.js";
import type { StoredFile } from "./list-bucket.js";

/** A file is fetched in so many ranges at once at most, none of them shorter than it is worth. */
const MOST_RANGES = 4;
const SHORTEST_RANGE_BYTES = 2 ** 24;

/** Attempts of a range in which nothing at all comes, before it is given up for now. */
const MOST_ATTEMPTS = 4;
const FIRST_PAUSE_MILLISECONDS = 250;
/** A transfer in which nothing comes for so long is broken. */
const SILENT_MILLISECONDS = 20_000;

/** How many bytes of each range have come, the first byte of each being its share of the file. */
export type Progress = number[];

/** What a fetch of a file needs to know, and tells. */
export interface FileFetch {
  readonly store: S3Store;
  readonly file: StoredFile;
  readonly path: string;
  /** Of an earlier attempt, or empty; is kept up to date. */
  readonly progress: Progress;
  readonly stop: AbortSignal;
  /** Told of what comes, and of what has come already. */
  readonly onBytes: (count: number, isNew: boolean) => void;
}

interface Range {
  readonly begin: number;
  readonly end: number;
}

/** Brings a file to `path`, going on where an earlier attempt broke off. Rejects when the store's file has changed. */
export async function fetchFile(fetch: FileFetch): Promise<void> {
  const { file, path, progress } = fetch;
  await mkdir(dirname(path), { recursive: true });
  const target = await open(path, progress.length > 0 ? "r+" : "w");
  // The first that gives up ends the others, or they would write on.
  const failed = new AbortController();
  const stop = AbortSignal.any([fetch.stop, failed.signal]);
  try {
    const ranges = rangesOf(file.bytes);
    const fetches = ranges.map(async (range, index) => {
      progress[index] ??= 0;
      await fetchRange({ ...fetch, stop }, target, range, index).catch((error: unknown) => {
        failed.abort(error);
        throw error;
      });
    });
    const outcomes = await Promise.allSettled(fetches);
    failed.signal.throwIfAborted();
    const wrong = outcomes.find((outcome) => outcome.status === "rejected");
    if (wrong) {
      throw wrong.reason;
    }
    await target.truncate(file.bytes);
  } finally {
    await target.close();
  }
}

function rangesOf(bytes: number): Range[] {
  const count = Math.max(1, Math.min(MOST_RANGES, Math.ceil(bytes / SHORTEST_RANGE_BYTES)));
  const length = Math.ceil(bytes / count);
  return Array.from({ length: bytes === 0 ? 0 : count }, (_, index) => ({
    begin: index * length,
    end: Math.min(bytes, (index + 1) * length),
  }));
}

async function fetchRange(fetch: FileFetch, target: FileHandle, range: Range, index: number): Promise<void> {
  const { progress, stop } = fetch;
  const length = range.end - range.begin;
  fetch.onBytes(progress[index] ?? 0, false);
  for (let attempts = 0; (progress[index] ?? 0) < length;) {
    const before = progress[index] ?? 0;
    try {
      await receive(fetch, target, { begin: range.begin + before, end: range.end }, index);
    } catch (error) {
      const status = statusOf(error);
      attempts = (progress[index] ?? 0) > before ? 1 : attempts + 1;
      const isFinal = status !== undefined && status >= 300 && status < 500 && status !== 408 && status !== 429;
      if (stop.aborted || isFinal || isOfDisk(error) || attempts >= MOST_ATTEMPTS) {
        throw error;
      }
      await pause(FIRST_PAUSE_MILLISECONDS * 2 ** (attempts - 1), undefined, { signal: stop });
    }
  }
}

/** That a file cannot be written does not get better by the next attempt. */
function isOfDisk(error: unknown): boolean {
  return error instanceof Error && "syscall" in error && error.syscall === "write";
}

async function writeAt(target: FileHandle, chunk: Uint8Array, at: number): Promise<void> {
  for (let written = 0; written < chunk.length;) {
    const { bytesWritten } = await target.write(chunk, written, chunk.length - written, at + written);
    written += bytesWritten;
  }
}

async function receive(
  { store, file, progress, stop, onBytes }: FileFetch,
  target: FileHandle,
  { begin, end }: Range,
  index: number,
): Promise<void> {
  const { GetObjectCommand } = await import("@aws-sdk/client-s3");
  const silence = new AbortController();
  const timer = setTimeout(
    () => silence.abort(new DOMException("Nothing comes.", "TimeoutError")),
    SILENT_MILLISECONDS,
  );
  const abortSignal = AbortSignal.any([stop, silence.signal]);
  try {
    const wanted = { Bucket: store.bucket, Key: file.key, IfMatch: file.etag, Range: `bytes=${begin}-${end - 1}` };
    const { Body, ContentRange } = await store.client.send(new GetObjectCommand(wanted), { abortSignal });
    if (ContentRange === undefined && !(begin === 0 && end === file.bytes)) {
      throw new StoreFault("The model store does not give parts of files, which are asked for by ranges.");
    }
    let at = begin;
    const body = Body as Readable;
    abortSignal.addEventListener("abort", () => body.destroy(abortSignal.reason as Error), { once: true });
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      if (at + chunk.length > end) {
        throw new StoreFault("The model store sends more than it was asked for.");
      }
      await writeAt(target, chunk, at);
      at += chunk.length;
      progress[index] = (progress[index] ?? 0) + chunk.length;
      onBytes(chunk.length, true);
      timer.refresh();
    }
    if (at < end) {
      throw new DOMException("The transfer was cut.", "AbortError");
    }
  } catch (error) {
    throw silence.signal.aborted ? silence.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}
