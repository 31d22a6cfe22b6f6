import type { PictureHead } from "./picture-head.js";

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Bits of VP8X's flags (https://developers.google.com/speed/webp/docs/riff_container#extended_file_format). */
const ANIMATION = 0x02;
const ALPHA = 0x10;

/** Chunks before the picture at most: a profile, and whatever else writers put there. */
const MAX_CHUNKS = 64;

/** Undefined for a file that is no WebP, or one whose canvas and picture differ in size. */
export function webpHead(file: Buffer): PictureHead | undefined {
  if (file.length < 30 || tag(file, 0) !== "RIFF" || tag(file, 8) !== "WEBP") {
    return undefined;
  }
  const extended = tag(file, 12) === "VP8X";
  const flags = extended ? (file[20] ?? 0) : 0;
  const animated = (flags & ANIMATION) !== 0;
  const canvas = extended
    ? { width: 1 + file.readUIntLE(24, 3), height: 1 + file.readUIntLE(27, 3) }
    : undefined;
  const picture = animated ? canvas : pictureSize(file);
  const differ =
    canvas !== undefined && (canvas.width !== picture?.width || canvas.height !== picture.height);
  if (picture === undefined || differ || picture.width === 0 || picture.height === 0) {
    return undefined;
  }
  return {
    format: "webp",
    kind: animated ? "an animated WebP" : "a WebP",
    ...picture,
    bitDepth: 8,
    channels: (flags & ALPHA) === 0 ? 3 : 4,
    animated,
    // Decoded whole, with alpha; a frame of an animation is laid on a canvas of the same size.
    heldBytesPerPixel: animated ? 8 : 4,
  };
}

/** The size that the first chunk with a picture tells. */
function pictureSize(file: Buffer): Size | undefined {
  let at = 12;
  for (let chunks = 0; chunks < MAX_CHUNKS && at + 18 <= file.length; chunks += 1) {
    switch (tag(file, at)) {
      case "VP8 ":
        return lossySize(file, at + 8);
      case "VP8L":
        return losslessSize(file, at + 8);
    }
    const length = file.readUInt32LE(at + 4);
    at += 8 + length + (length % 2);
  }
  return undefined;
}

/** Of a key frame (https://www.rfc-editor.org/rfc/rfc6386#section-9.1): 14 bits each, under two of scaling. */
function lossySize(file: Buffer, at: number): Size | undefined {
  const isKeyFrame = ((file[at] ?? 1) & 1) === 0;
  if (!isKeyFrame || file.readUIntBE(at + 3, 3) !== 0x9d012a) {
    return undefined;
  }
  return { width: file.readUInt16LE(at + 6) & 0x3fff, height: file.readUInt16LE(at + 8) & 0x3fff };
}

/** https://developers.google.com/speed/webp/docs/webp_lossless_bitstream_specification#3_riff_header */
function losslessSize(file: Buffer, at: number): Size | undefined {
  if (file[at] !== 0x2f) {
    return undefined;
  }
  const bits = file.readUInt32LE(at + 1);
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
}

function tag(file: Buffer, at: number): string {
  return file.toString("latin1", at, at + 4);
}
