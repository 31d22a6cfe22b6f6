import { deflateSync } from "node:zlib";
import { encode } from "fast-png";
import sharp, { type PngOptions } from "sharp";
import { describe, expect, it } from "vitest";
import { decodeSmallPng } from "#service/pictures/small-png.js";

const SIDE = 12;
function noise(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, at) => (at * 7919) % 251));
}

/** A PNG as libvips writes it, of that many channels. */
function png(channels: 1 | 2 | 3 | 4, options: PngOptions = {}): Promise<Buffer> {
  return sharp(noise(SIDE * SIDE * channels), { raw: { width: SIDE, height: SIDE, channels } })
    .toColourspace(channels < 3 ? "b-w" : "srgb")
    .png(options)
    .toBuffer();
}

/** A file whose chunk of pixels is `pixels`, with checksums that are right. */
function withPixels(pixels: Buffer): Buffer {
  const file = Buffer.from(encode({ width: SIDE, height: SIDE, channels: 1, data: noise(SIDE * SIDE) }));
  const start = file.indexOf("IDAT", 0, "latin1") - 4;
  const end = start + 12 + file.readUInt32BE(start);
  const idat = Buffer.concat([Buffer.alloc(4), Buffer.from("IDAT"), deflateSync(pixels), Buffer.alloc(4)]);
  idat.writeUInt32BE(idat.length - 12);
  idat.writeUInt32BE(crc32(idat.subarray(4, -4)), idat.length - 4);
  return Buffer.concat([file.subarray(0, start), idat, file.subarray(end)]);
}

/** As https://www.w3.org/TR/png-3/#D-CRCAppendix has it, bit by bit. */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    }
  }
  return (crc ^ 0xffffffff) >>> 0;
}

describe("decodeSmallPng", () => {
  it.each([1, 2, 3, 4] as const)("reads the same pixels as libvips, %i channels", async (channels) => {
    const file = await png(channels);
    const decoded = decodeSmallPng(file, SIDE);
    expect(decoded).toMatchObject({ width: SIDE, height: SIDE, channels });
    const expected = await sharp(file).toColourspace("srgb").ensureAlpha().raw().toBuffer();
    expect(withAlpha(decoded?.data ?? new Uint8Array(), channels)).toEqual([...expected]);
  });

  it("reads every row filter and interlacing", async () => {
    const { data } = await sharp(await png(3))
      .raw()
      .toBuffer({ resolveWithObject: true });
    for (const options of [{ adaptiveFiltering: true }, { progressive: true }, { compressionLevel: 0 }]) {
      expect(Buffer.from(decodeSmallPng(await png(3, options), SIDE)?.data ?? [])).toEqual(data);
    }
  });

  it.each([
    ["larger pictures", async () => png(3), SIDE - 1],
    ["palettes", async () => png(3, { palette: true }), SIDE],
    [
      "16 bits a channel",
      async () =>
        sharp(await png(1))
          .toColourspace("grey16")
          .png()
          .toBuffer(),
      SIDE,
    ],
    [
      "rotated pictures",
      async () =>
        sharp(await png(3))
          .withMetadata({ orientation: 6 })
          .png()
          .toBuffer(),
      SIDE,
    ],
    [
      "colour profiles",
      async () =>
        sharp(await png(3))
          .withIccProfile("p3")
          .png()
          .toBuffer(),
      SIDE,
    ],
    [
      "JPEG",
      async () =>
        sharp(await png(3))
          .jpeg()
          .toBuffer(),
      SIDE,
    ],
    ["half a file", async () => (await png(3)).subarray(0, 200), SIDE],
    ["a wrong checksum", async () => flipped(await png(3)), SIDE],
    ["nothing", () => Promise.resolve(Buffer.alloc(0)), SIDE],
    ["large files", () => Promise.resolve(withPixels(noise(60_000))), SIDE],
  ])("leaves %s to libvips", async (_, file, maxSide) => {
    expect(decodeSmallPng(await file(), maxSide)).toBeUndefined();
  });

  it("gives no more pixels than the head says, whatever the file inflates to", () => {
    expect(decodeSmallPng(withPixels(Buffer.alloc(SIDE * (SIDE + 1))), SIDE)?.data.length).toBe(SIDE * SIDE);
    const bomb = withPixels(Buffer.alloc(10_000_000));
    expect(bomb.length).toBeLessThan(16_384);
    expect(decodeSmallPng(bomb, SIDE)?.data.length ?? 0).toBeLessThanOrEqual(SIDE * SIDE);
  });
});

/** Any kind of pixels as red, green, blue and alpha. */
function withAlpha(data: Uint8Array, channels: number): number[] {
  return Array.from({ length: data.length / channels }, (_, pixel) => {
    const [first = 0, ...rest] = data.subarray(pixel * channels, (pixel + 1) * channels);
    const colours = channels < 3 ? [first, first, first] : [first, ...rest.slice(0, 2)];
    return [...colours, channels % 2 === 0 ? (rest[rest.length - 1] ?? 0) : 255];
  }).flat();
}

function flipped(file: Buffer): Buffer {
  const copy = Buffer.from(file);
  const at = copy.indexOf("IDAT", 0, "latin1") + 10;
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}
