import sharp, { type Sharp } from "sharp";
import { describe, expect, it } from "vitest";
import { readHead } from "#service/pictures/heads/head.js";
import { chunk, greyRows, header, pixelChunk, pngFile } from "../png-file.js";

const SIZE = { width: 40, height: 24 };
const ROWS = pixelChunk(greyRows(40, 24));

function picture(channels: 3 | 4 = 3): Sharp {
  const data = Buffer.from(Array.from({ length: 40 * 24 * channels }, (_, at) => (at * 7919) % 251));
  return sharp(data, { raw: { ...SIZE, channels } });
}

const refusal = { code: "invalid_image", status: 400 };

describe("readHead tells size and kind of", () => {
  it.each([
    ["a PNG", picture().png(), { format: "png", channels: 3, heldBytesPerPixel: 0 }],
    ["a PNG with alpha", picture(4).png(), { format: "png", channels: 4, heldBytesPerPixel: 0 }],
    ["a palette", picture().png({ palette: true }), { format: "png", channels: 3 }],
    ["an interlaced PNG", picture().png({ progressive: true }), { format: "png", heldBytesPerPixel: 3 }],
    ["a JPEG", picture().jpeg(), { format: "jpeg", channels: 3, heldBytesPerPixel: 0 }],
    [
      "a progressive JPEG",
      picture().jpeg({ progressive: true }),
      { format: "jpeg", kind: "a progressive JPEG", heldBytesPerPixel: 3 },
    ],
    [
      "a progressive JPEG of full colours",
      picture().jpeg({ progressive: true, chromaSubsampling: "4:4:4" }),
      { heldBytesPerPixel: 6 },
    ],
    ["a grey JPEG", picture().toColourspace("b-w").jpeg(), { channels: 1 }],
    [
      "a JPEG with a head of metadata",
      picture()
        .withExif({ IFD0: { Copyright: "x" } })
        .jpeg(),
      { channels: 3 },
    ],
    ["a lossy WebP", picture().webp(), { format: "webp", heldBytesPerPixel: 4, animated: false }],
    ["a lossless WebP", picture().webp({ lossless: true }), { format: "webp", heldBytesPerPixel: 4 }],
    ["a WebP with alpha", picture(4).webp(), { format: "webp", channels: 4 }],
    ["a WebP with a profile", picture().withIccProfile("p3").webp(), { format: "webp" }],
  ])("%s", async (_, file, expected) => {
    expect(readHead(await file.toBuffer())).toMatchObject({ ...SIZE, ...expected });
  });

  it("an animation", async () => {
    const frame = await picture().png().toBuffer();
    const other = await picture().negate().png().toBuffer();
    const file = await sharp([frame, other], { join: { animated: true } })
      .webp()
      .toBuffer();
    expect(readHead(file)).toMatchObject({ ...SIZE, animated: true, heldBytesPerPixel: 8 });
  });
});

describe("readHead refuses", () => {
  const whole = pngFile(header(SIZE), ROWS);
  const edited = (at: number, value: number): Buffer => {
    const copy = Buffer.from(whole);
    copy[at] = value;
    return copy;
  };
  const note = chunk("tEXt", Buffer.from("a\0b"));

  it.each<[string, Buffer]>([
    ["nothing", Buffer.alloc(0)],
    ["text", Buffer.from("<svg xmlns='http://www.w3.org/2000/svg' width='4' height='4'/>")],
    ["a GIF", Buffer.from("GIF89a\x04\0\x04\0".padEnd(60, "\0"), "latin1")],
    ["two heads", pngFile(header(SIZE), header({ width: 7000, height: 7000 }), ROWS)],
    ["a second head after the pixels", pngFile(header(SIZE), ROWS, header({ width: 7000, height: 7000 }))],
    ["a head in another place", pngFile(note, header(SIZE), ROWS)],
    ["a head of another length", pngFile(chunk("IHDR", Buffer.alloc(25, 1)), ROWS)],
    ["a head whose checksum is wrong", edited(19, 41)],
    ["no width", pngFile(header({ ...SIZE, width: 0 }), ROWS)],
    ["a bit depth that there is not", pngFile(header({ ...SIZE, bitDepth: 3 }), ROWS)],
    ["a colour type that there is not", pngFile(header({ ...SIZE, colourType: 5 }), ROWS)],
    ["a chunk longer than the file", edited(33, 255)],
    ["a PNG without end", whole.subarray(0, -12)],
    ["chunks without end", pngFile(header(SIZE), ...Array.from({ length: 5000 }, () => note), ROWS)],
  ])("%s", (_, file) => {
    expect(() => readHead(file)).toThrow(expect.objectContaining(refusal));
  });

  it("every file that ends within its head", async () => {
    for (const format of ["png", "jpeg", "webp"] as const) {
      const file = await picture().toFormat(format).toBuffer();
      for (let length = 0; length < 30; length += 1) {
        expect(() => readHead(file.subarray(0, length))).toThrow(expect.objectContaining(refusal));
      }
    }
  });

  it("a JPEG of two frames, of many scans, of none, and of kinds that nobody reads", async () => {
    const file = await picture().jpeg({ progressive: true }).toBuffer();
    const frame = file.indexOf(Buffer.from([0xff, 0xc2]));
    const scan = file.indexOf(Buffer.from([0xff, 0xda]));
    const frameSegment = file.subarray(frame, frame + 2 + file.readUInt16BE(frame + 2));
    const scanSegment = file.subarray(scan, scan + 2 + file.readUInt16BE(scan + 2));
    const arithmetic = Buffer.from(file);
    arithmetic[frame + 1] = 0xca;
    for (const broken of [
      Buffer.concat([file.subarray(0, frame), frameSegment, file.subarray(frame)]),
      Buffer.concat([file.subarray(0, -2), frameSegment, file.subarray(-2)]),
      Buffer.concat([
        file.subarray(0, -2),
        ...Array.from({ length: 40 }, () => scanSegment),
        file.subarray(-2),
      ]),
      file.subarray(0, scan),
      Buffer.concat([file.subarray(0, frame), file.subarray(frame + frameSegment.length)]),
      arithmetic,
    ]) {
      expect(() => readHead(broken)).toThrow(expect.objectContaining(refusal));
    }
  });

  it("a WebP whose canvas is not its picture's size", async () => {
    const file = await picture(4).webp().toBuffer();
    expect(file.toString("latin1", 12, 16)).toBe("VP8X");
    file.writeUIntLE(9999, 24, 3);
    expect(() => readHead(file)).toThrow(expect.objectContaining(refusal));
  });
});
