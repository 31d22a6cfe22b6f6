import { crc32 } from "../crc32.js";
import type { PictureHead } from "./picture-head.js";

/** A part of a PNG file (https://www.w3.org/TR/png-3/#5Chunk-layout). */
export interface Chunk {
  readonly type: string;
  /** Where the chunk begins, with its length, and where the next one does. */
  readonly start: number;
  readonly end: number;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Bytes of a chunk beside its data: length, type and checksum. */
const FRAME = 12;

/** Where the width is, in a file that begins as all do. */
const WIDTH_AT = 16;
const HEAD_LENGTH = 13;

/** Chunks of a file at most: walking over them is work, too. Writers cut pixels into 8 KiB or more. */
const MAX_CHUNKS = 4096;

/** Bit depths and channels by colour type (https://www.w3.org/TR/png-3/#table111); 3 is a palette. */
const COLOUR_TYPES: Readonly<
  Record<number, { readonly depths: readonly number[]; readonly samples: number }>
> = {
  0: { depths: [1, 2, 4, 8, 16], samples: 1 },
  2: { depths: [8, 16], samples: 3 },
  3: { depths: [1, 2, 4, 8], samples: 1 },
  4: { depths: [8, 16], samples: 2 },
  6: { depths: [8, 16], samples: 4 },
};

export const PALETTE = 3;

/** The fields of IHDR. */
export interface PngFields {
  readonly width: number;
  readonly height: number;
  readonly bitDepth: number;
  readonly colourType: number;
  /** Values of a pixel: 1 for a palette's index. */
  readonly samples: number;
  readonly interlaced: boolean;
}

export function isPng(file: Buffer): boolean {
  return file.subarray(0, SIGNATURE.length).equals(SIGNATURE);
}

/** Undefined for a file that is no whole PNG with one head in its place. */
export function pngHead(file: Buffer): PictureHead | undefined {
  const fields = pngFields(file);
  const chunks = pngChunks(file);
  if (fields === undefined || chunks === undefined) {
    return undefined;
  }
  const { width, height, bitDepth, colourType, samples, interlaced } = fields;
  const channels = colourType === PALETTE ? 3 : samples;
  // A decoder makes whole bytes of less, and colours with transparency of a palette.
  const bytesPerPixel = colourType === PALETTE ? 4 : samples * (bitDepth === 16 ? 2 : 1);
  return {
    format: "png",
    kind: interlaced ? "an interlaced PNG" : "a PNG",
    width,
    height,
    bitDepth,
    channels,
    animated: chunks.some(({ type }) => type === "acTL"),
    heldBytesPerPixel: interlaced ? bytesPerPixel : 0,
  };
}

/** The fields of a file that begins with the signature; undefined unless IHDR comes first, whole and with sense. */
export function pngFields(file: Buffer): PngFields | undefined {
  const end = SIGNATURE.length + FRAME + HEAD_LENGTH;
  if (
    file.length < end ||
    file.readUInt32BE(SIGNATURE.length) !== HEAD_LENGTH ||
    file.toString("latin1", 12, WIDTH_AT) !== "IHDR" ||
    file.readUInt32BE(end - 4) !== crc32(file.subarray(12, end - 4))
  ) {
    return undefined;
  }
  const width = file.readUInt32BE(WIDTH_AT);
  const height = file.readUInt32BE(WIDTH_AT + 4);
  const [bitDepth = 0, colourType = 0, compression, filter, interlace] = file.subarray(24, 29);
  const { depths, samples } = COLOUR_TYPES[colourType] ?? { depths: [], samples: 0 };
  const sensible =
    width > 0 &&
    height > 0 &&
    depths.includes(bitDepth) &&
    compression === 0 &&
    filter === 0 &&
    (interlace ?? 2) < 2;
  return sensible ? { width, height, bitDepth, colourType, samples, interlaced: interlace === 1 } : undefined;
}

/** All chunks of a file up to IEND; undefined when they are cut off, without end, or have a second head. */
export function pngChunks(file: Buffer): Chunk[] | undefined {
  const chunks: Chunk[] = [];
  let start = SIGNATURE.length;
  while (start + FRAME <= file.length && chunks.length < MAX_CHUNKS) {
    const end = start + FRAME + file.readUInt32BE(start);
    const type = file.toString("latin1", start + 4, start + 8);
    if (end > file.length || (type === "IHDR") !== (chunks.length === 0)) {
      return undefined;
    }
    chunks.push({ type, start, end });
    if (type === "IEND") {
      return chunks;
    }
    start = end;
  }
  return undefined;
}

/** The data of all chunks of pixels, one after the other. */
export function pixelData(file: Buffer, chunks: readonly Chunk[]): Buffer[] {
  return chunks
    .filter(({ type }) => type === "IDAT")
    .map(({ start, end }) => file.subarray(start + 8, end - 4));
}
