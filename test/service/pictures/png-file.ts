import { crc32, deflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export interface Header {
  readonly width: number;
  readonly height: number;
  readonly bitDepth?: number;
  /** 0 grey, 2 colours, 3 a palette, 4 and 6 with alpha. */
  readonly colourType?: number;
  readonly interlaced?: boolean;
}

/** A PNG of these chunks, ended as it should be. */
export function pngFile(...chunks: readonly Buffer[]): Buffer {
  return Buffer.concat([SIGNATURE, ...chunks, chunk("IEND", Buffer.alloc(0))]);
}

/** A chunk with its length and the right checksum. */
export function chunk(type: string, data: Buffer): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(type, "latin1"), data, Buffer.alloc(4)]);
  bytes.writeUInt32BE(data.length);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4);
  return bytes;
}

export function header({ width, height, bitDepth = 8, colourType = 0, interlaced = false }: Header): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width);
  data.writeUInt32BE(height, 4);
  data.set([bitDepth, colourType, 0, 0, interlaced ? 1 : 0], 8);
  return chunk("IHDR", data);
}

/** Rows with their filters' numbers, compressed. */
export function pixelChunk(rows: Buffer): Buffer {
  return chunk("IDAT", deflateSync(rows, { level: 9 }));
}

/** Rows of a grey picture whose middle is white. */
export function greyRows(width: number, height: number): Buffer {
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = Math.floor(height / 4); y < (3 * height) / 4; y += 1) {
    rows.fill(255, y * (width + 1) + 1 + Math.floor(width / 3), y * (width + 1) + 1 + Math.ceil(width / 2));
  }
  return rows;
}

/** A chunk of a megabyte a kilobyte: `bytes` of one letter as a compressed text of a kind, or as a profile. */
export function inflatingChunk(type: "zTXt" | "iTXt" | "iCCP", bytes: number): Buffer {
  const prefix = { zTXt: "key\0\0", iTXt: "key\0\x01\0\0\0", iCCP: "profile\0\0" }[type];
  return chunk(
    type,
    Buffer.concat([Buffer.from(prefix, "latin1"), deflateSync(Buffer.alloc(bytes, "a"), { level: 9 })]),
  );
}
