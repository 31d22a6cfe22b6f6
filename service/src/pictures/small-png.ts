import { inflateSync } from "node:zlib";
import { isPng, PALETTE, pixelData, pngChunks, pngFields, type Chunk } from "./heads/png.js";
import { rawLength } from "./plain-png.js";
import { unfilter } from "./unfilter.js";

/** Pixels as a picture's file has them: interleaved, 8 bits a channel. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 2 grey and alpha, 3 red, green, blue, 4 those and alpha. */
  readonly channels: number;
  readonly data: Uint8Array;
}

/** Chunks that change what the pixels mean: rotation, a transparent colour. */
const CHUNKS_THAT_MATTER = new Set(["eXIf", "tRNS"]);

/** Bytes of a file at most: what is larger holds more than a small picture. */
const MAX_BYTES = 131_072;

/** Bytes of the uncompressed rows at most: they take a millisecond. */
const MAX_RAW_BYTES = 66_560;

/**
 * Decodes a plain PNG of at most `maxSide` pixels a side on this thread, which takes a twentieth of the time that
 * handing a picture of a digit's size to libvips takes. No more is inflated than the head promises. Undefined for every
 * other file, a broken one included, which is then for libvips to read or refuse.
 */
export function decodeSmallPng(bytes: Uint8Array, maxSide: number): Pixels | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields = file.length <= MAX_BYTES && isPng(file) ? pngFields(file) : undefined;
  if (
    fields === undefined ||
    Math.max(fields.width, fields.height) > maxSide ||
    fields.bitDepth !== 8 ||
    fields.colourType === PALETTE ||
    fields.interlaced ||
    rawLength(fields) > MAX_RAW_BYTES
  ) {
    return undefined;
  }
  const chunks = pngChunks(file);
  if (chunks === undefined || chunks.some(({ type }) => CHUNKS_THAT_MATTER.has(type))) {
    return undefined;
  }
  const { width, height, samples } = fields;
  const raw = inflated(file, chunks, rawLength(fields));
  const data = raw && unfilter(raw, { width, height, channels: samples });
  return data && { width, height, channels: samples, data };
}

/** The uncompressed rows; undefined unless they are exactly so many bytes, with the right checksum. */
function inflated(file: Buffer, chunks: readonly Chunk[], length: number): Buffer | undefined {
  const [first = Buffer.alloc(0), ...others] = pixelData(file, chunks);
  try {
    const raw = inflateSync(others.length === 0 ? first : Buffer.concat([first, ...others]), {
      maxOutputLength: length,
      // One piece of memory as large as needed, instead of several of 16 KiB.
      chunkSize: Math.max(64, length),
    });
    return raw.length === length ? raw : undefined;
  } catch {
    return undefined;
  }
}
