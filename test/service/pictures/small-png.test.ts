import sharp, { type PngOptions } from "sharp";
import { describe, expect, it } from "vitest";
import { decodeSmallPng } from "#service/pictures/small-png.js";
import { header, pixelChunk, pngFile } from "./png-file.js";

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

/** A grey file whose chunk of pixels is `pixels`, with checksums that are right. */
function withPixels(pixels: Buffer): Buffer {
  return pngFile(header({ width: SIDE, height: SIDE }), pixelChunk(pixels));
}

describe("decodeSmallPng", () => {
  it.each([1, 2, 3, 4] as const)("reads the same pixels as libvips, %i channels", async (channels) => {
    const file = await png(channels);
    const decoded = decodeSmallPng(file, SIDE);
    expect(decoded).toMatchObject({ width: SIDE, height: SIDE, channels });
    const expected = await sharp(file).toColourspace("srgb").ensureAlpha().raw().toBuffer();
    expect(withAlpha(decoded?.data ?? new Uint8Array(), channels)).toEqual([...expected]);
  });

  it("reads pixels that are compressed in any way, with texts and profiles left aside", async () => {
    const { data } = await sharp(await png(3))
      .raw()
      .toBuffer({ resolveWithObject: true });
    for (const options of [{ adaptiveFiltering: true }, { compressionLevel: 0 }]) {
      expect(Buffer.from(decodeSmallPng(await png(3, options), SIDE)?.data ?? [])).toEqual(data);
    }
    const profiled = await sharp(await png(3))
      .keepIccProfile()
      .withIccProfile("srgb")
      .png()
      .toBuffer();
    expect(profiled.includes("iCCP")).toBe(true);
    expect(Buffer.from(decodeSmallPng(profiled, SIDE)?.data ?? [])).toEqual(data);
  });

  it.each([0, 1, 2, 3, 4])("undoes row filter %i", async (filter) => {
    const raw = Buffer.from(Array.from({ length: SIDE * (3 * SIDE + 1) }, (_, at) => (at * 7919) % 251));
    for (let y = 0; y < SIDE; y += 1) {
      raw[y * (3 * SIDE + 1)] = filter;
    }
    const file = pngFile(header({ width: SIDE, height: SIDE, colourType: 2 }), pixelChunk(raw));
    const expected = await sharp(file).raw().toBuffer();
    expect(Buffer.from(decodeSmallPng(file, SIDE)?.data ?? [])).toEqual(expected);
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
    ["interlaced pictures", async () => png(3, { progressive: true }), SIDE],
    [
      "a filter that there is not",
      () => Promise.resolve(withPixels(Buffer.alloc(SIDE * (SIDE + 1), 5))),
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
    [
      "more pixels than the head says",
      () => Promise.resolve(withPixels(Buffer.alloc(SIDE * (SIDE + 1) + 1))),
      SIDE,
    ],
    [
      "fewer pixels than the head says",
      () => Promise.resolve(withPixels(Buffer.alloc(SIDE * (SIDE + 1) - 1))),
      SIDE,
    ],
    [
      "large files",
      () => Promise.resolve(Buffer.concat([withPixels(noise(99)), Buffer.alloc(131_072)])),
      SIDE,
    ],
  ])("leaves %s to libvips", async (_, file, maxSide) => {
    expect(decodeSmallPng(await file(), maxSide)).toBeUndefined();
  });

  it("inflates no more than the head promises", () => {
    expect(decodeSmallPng(withPixels(Buffer.alloc(SIDE * (SIDE + 1))), SIDE)?.data.length).toBe(SIDE * SIDE);
    const bomb = withPixels(Buffer.alloc(100_000_000));
    expect(bomb.length).toBeLessThan(131_072);
    const before = process.memoryUsage().rss;
    expect(decodeSmallPng(bomb, SIDE)).toBeUndefined();
    expect(process.memoryUsage().rss - before).toBeLessThan(20_000_000);
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
