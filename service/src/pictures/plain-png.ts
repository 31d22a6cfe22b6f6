import { brokenPicture } from "./heads/head.js";
import { PALETTE, pixelData, pngChunks, pngFields, type PngFields } from "./heads/png.js";

/**
 * Chunks that decide about pixels: the head, a palette, a transparent colour, which side is up, and the pixels. Texts and
 * profiles are left out: they may inflate to anything, and nobody who publishes a model reads them.
 */
const CHUNKS_READ = new Set(["IHDR", "PLTE", "tRNS", "eXIf", "IDAT", "IEND"]);

const SIGNATURE_LENGTH = 8;

/** Bytes that pixels take in a file, compressed badly, beyond what they take without: blocks and chunks have frames. */
const SPARE_BYTES = 65_536;

/** A PNG file, checked by `pngHead`, with nothing in it but what decides about its pixels. Throws invalid_image. */
export function plainPng(bytes: Uint8Array): Uint8Array {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields = pngFields(file);
  const chunks = pngChunks(file);
  if (fields === undefined || chunks === undefined) {
    throw brokenPicture();
  }
  const compressed = pixelData(file, chunks).reduce((sum, { length }) => sum + length, 0);
  if (compressed > 2 * rawLength(fields) + SPARE_BYTES) {
    throw brokenPicture();
  }
  const read = chunks.filter(({ type }) => CHUNKS_READ.has(type));
  if (read.length === chunks.length && chunks.at(-1)?.end === file.length) {
    return bytes;
  }
  return Buffer.concat([
    file.subarray(0, SIGNATURE_LENGTH),
    ...read.map(({ start, end }) => file.subarray(start, end)),
  ]);
}

/** Bytes of the rows, each with its filter's number before it, that IDAT holds; of interlaced ones a bound. */
export function rawLength({ width, height, bitDepth, samples, interlaced, colourType }: PngFields): number {
  const bits = bitDepth * (colourType === PALETTE ? 1 : samples);
  const rows = height * (1 + Math.ceil((width * bits) / 8));
  // Seven passes have twice the rows at most, and a row's last byte may be part empty.
  return interlaced ? rows + 4 * height + 2 * width : rows;
}
