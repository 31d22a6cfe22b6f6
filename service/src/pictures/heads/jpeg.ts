import type { PictureHead } from "./picture-head.js";

/** Markers (https://www.w3.org/Graphics/JPEG/itu-t81.pdf, table B.1). */
const START_OF_IMAGE = 0xd8;
const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
const NUMBER_OF_LINES = 0xdc;

/** Frames that are read: baseline, extended and progressive, all with Huffman codes. */
const PROGRESSIVE = 0xc2;
const FRAMES = new Set([0xc0, 0xc1, PROGRESSIVE]);

/** All other kinds of frames: lossless, hierarchical, arithmetic. C4, C8 and CC are no frames. */
const OTHER_FRAMES = new Set([0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]);

/** Segments of a file at most, without scans: photographs have some dozens. */
const MAX_SEGMENTS = 4096;

/** Scans at most: each goes over all pixels again, however few bytes it has. Writers make up to 20. */
const MAX_SCANS = 32;

interface Frame {
  readonly progressive: boolean;
  readonly width: number;
  readonly height: number;
  readonly bitDepth: number;
  readonly components: number;
  /** Values for a pixel, of all components: 3 in full resolution, 1.5 with colours of half of it both ways. */
  readonly valuesPerPixel: number;
}

/** Undefined for a file that is no JPEG, or one without one frame before its first scan. */
export function jpegHead(file: Buffer): PictureHead | undefined {
  if (file.length < 4 || file[0] !== 0xff || file[1] !== START_OF_IMAGE) {
    return undefined;
  }
  let frame: Frame | undefined;
  let at = 2;
  for (let segments = 0; segments < MAX_SEGMENTS; segments += 1) {
    const segment = segmentAt(file, at);
    if (segment === undefined || OTHER_FRAMES.has(segment.marker)) {
      return undefined;
    }
    if (segment.marker === START_OF_SCAN) {
      return frame && headOf(file, frame, segment);
    }
    if (FRAMES.has(segment.marker)) {
      if (frame !== undefined) {
        return undefined;
      }
      frame = frameOf(file, segment);
    }
    at = segment.end;
  }
  return undefined;
}

interface Segment {
  readonly marker: number;
  /** Where its data begins, after the length, and where it ends. */
  readonly start: number;
  readonly end: number;
}

/** A marker with its length and data; undefined for anything else, and for what ends early. */
function segmentAt(file: Buffer, at: number): Segment | undefined {
  let position = at;
  if (file[position] !== 0xff) {
    return undefined;
  }
  // Any number of FF may fill before a marker.
  while (file[position] === 0xff) {
    position += 1;
  }
  const marker = file[position] ?? 0;
  const start = position + 3;
  // Markers below C0 and D0 to D9 have no length, and no place here.
  if (marker < 0xc0 || (marker >= 0xd0 && marker <= END_OF_IMAGE) || start > file.length) {
    return undefined;
  }
  const length = file.readUInt16BE(position + 1);
  const end = position + 1 + length;
  return length >= 2 && end <= file.length ? { marker, start, end } : undefined;
}

function frameOf(file: Buffer, { marker, start, end }: Segment): Frame | undefined {
  if (end - start < 6) {
    return undefined;
  }
  const components = file[start + 5] ?? 0;
  const height = file.readUInt16BE(start + 1);
  const width = file.readUInt16BE(start + 3);
  if (end - start !== 6 + 3 * components || width === 0 || height === 0) {
    return undefined;
  }
  const factors = Array.from({ length: components }, (_, index) => {
    const sampling = file[start + 6 + 3 * index + 1] ?? 0;
    return { across: sampling >> 4, down: sampling & 15 };
  });
  const most =
    Math.max(...factors.map(({ across }) => across)) * Math.max(...factors.map(({ down }) => down));
  const least = Math.min(...factors.map(({ across, down }) => across * down));
  if (![1, 3, 4].includes(components) || !(least > 0) || most > 16) {
    return undefined;
  }
  const values = factors.reduce((sum, { across, down }) => sum + across * down, 0);
  return {
    progressive: marker === PROGRESSIVE,
    width,
    height,
    bitDepth: file[start] ?? 0,
    components,
    // What is alone in its frame is stored in full resolution whatever its factors say.
    valuesPerPixel: components === 1 ? 1 : values / most,
  };
}

function headOf(file: Buffer, frame: Frame, firstScan: Segment): PictureHead | undefined {
  const { progressive, width, height, bitDepth, components, valuesPerPixel } = frame;
  const held = progressive || (file[firstScan.start] ?? 0) < components;
  if (held && !hasFewScans(file, firstScan.end)) {
    return undefined;
  }
  return {
    format: "jpeg",
    kind: progressive ? "a progressive JPEG" : held ? "a JPEG of several scans" : "a JPEG",
    width,
    height,
    bitDepth,
    channels: components,
    animated: false,
    // Two bytes for each coefficient.
    heldBytesPerPixel: held ? 2 * valuesPerPixel : 0,
  };
}

/** Whether the scans after the first are few; other segments among them are for the decoder to refuse. */
function hasFewScans(file: Buffer, from: number): boolean {
  const { length } = file;
  let scans = 1;
  // Byte by byte: a file may be all FF, for which a search from one to the next takes a hundred times as long.
  for (let at = from; at < length; at += 1) {
    if (file[at] !== 0xff) {
      continue;
    }
    const marker = file[at + 1] ?? 0;
    // FF 00, FF FF and FF D0 to D7 are inside a scan.
    if (marker < 0xc0 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd7)) {
      continue;
    }
    if (marker === END_OF_IMAGE) {
      return true;
    }
    if (FRAMES.has(marker) || OTHER_FRAMES.has(marker) || marker === NUMBER_OF_LINES) {
      return false;
    }
    scans += marker === START_OF_SCAN ? 1 : 0;
    if (scans > MAX_SCANS) {
      return false;
    }
    at = (segmentAt(file, at)?.end ?? length) - 1;
  }
  return true;
}
