import { decode } from "fast-png";

/** Pixels as a picture's file has them: interleaved, 8 bits a channel. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 2 grey and alpha, 3 red, green, blue, 4 those and alpha. */
  readonly channels: number;
  readonly data: Uint8Array;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const BIT_DEPTH_AT = 24;
const COLOUR_TYPE_AT = 25;

/** Colour types of which a pixel is one byte per channel; the rest are palettes. */
const PLAIN = new Set([0, 2, 4, 6]);

/** Chunks that change what the pixels mean: rotation, a colour profile, a transparent colour. */
const CHUNKS_THAT_MATTER = ["eXIf", "iCCP", "tRNS"];

/** Bytes of a file at most: even one made to inflate a thousandfold then holds up other requests for milliseconds only. */
const MAX_BYTES = 16_384;

/**
 * Decodes a plain PNG of at most `maxSide` pixels a side on this thread, which takes a twentieth of the time that
 * handing a picture of a digit's size to libvips takes. Undefined for every other file, a broken one included, which is
 * then for libvips to read or refuse.
 */
export function decodeSmallPng(bytes: Uint8Array, maxSide: number): Pixels | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isSmallAndPlain(file, maxSide)) {
    return undefined;
  }
  try {
    const { width, height, channels, data } = decode(file, { checkCrc: true });
    return data instanceof Uint8Array ? { width, height, channels, data } : undefined;
  } catch {
    return undefined;
  }
}

/** From the file's head (https://www.w3.org/TR/png-3/#11IHDR), before anything is decompressed. */
function isSmallAndPlain(file: Buffer, maxSide: number): boolean {
  return (
    file.length > COLOUR_TYPE_AT &&
    file.length <= MAX_BYTES &&
    file.subarray(0, SIGNATURE.length).equals(SIGNATURE) &&
    file.readUInt32BE(16) <= maxSide &&
    file.readUInt32BE(20) <= maxSide &&
    file[BIT_DEPTH_AT] === 8 &&
    PLAIN.has(file[COLOUR_TYPE_AT] ?? -1) &&
    !CHUNKS_THAT_MATTER.some((chunk) => file.includes(chunk, 0, "latin1"))
  );
}
