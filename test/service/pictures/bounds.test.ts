import sharp from "sharp";
import { describe, expect, it } from "vitest";
import type { ImagePreprocess } from "#service/models/model-config.js";
import { readHead } from "#service/pictures/heads/head.js";
import { checkPicture, checkTogether } from "#service/pictures/limits.js";
import { oneByOne } from "#service/pictures/one-by-one.js";
import { pictureValues } from "#service/pictures/picture-tensor.js";
import { plainPng } from "#service/pictures/plain-png.js";
import { chunk, greyRows, header, inflatingChunk, pixelChunk, pngFile } from "./png-file.js";

const stretch: ImagePreprocess = {
  kind: "image",
  width: 28,
  height: 28,
  channels: 1,
  layout: "flat",
  scale: 255,
  mean: 0,
  fit: "stretch",
};
const digit: ImagePreprocess = { ...stretch, fit: "digit" };

const head = header({ width: 28, height: 28 });
const rows = pixelChunk(greyRows(28, 28));
const plain = pngFile(head, rows);

/** Bytes that this process grew by at its highest, while `work` was done. */
async function growth(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage().rss;
  let highest = before;
  const watch = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage().rss);
  }, 1);
  await work();
  clearInterval(watch);
  return Math.max(highest, process.memoryUsage().rss) - before;
}

describe("A picture's decoding", () => {
  it.each(["zTXt", "iTXt", "iCCP"] as const)(
    "never sees a PNG's %s, whatever that inflates to",
    async (type) => {
      const bomb = pngFile(head, ...Array.from({ length: 5 }, () => inflatingChunk(type, 20_000_000)), rows);
      expect(bomb.length).toBeLessThan(150_000);
      expect(Buffer.from(plainPng(bomb))).toEqual(plain);
      for (const config of [stretch, digit]) {
        const expected = await pictureValues(plain, config);
        let values: Float32Array | undefined;
        const grown = await growth(async () => {
          values = await pictureValues(bomb, config);
        });
        expect(values).toEqual(expected);
        expect(grown).toBeLessThan(40_000_000);
      }
    },
  );

  it("leaves files as they are that have nothing to leave out", () => {
    expect(plainPng(plain)).toBe(plain);
    expect(Buffer.from(plainPng(Buffer.concat([plain, Buffer.alloc(99)])))).toEqual(plain);
  });

  it("turns pictures upright whose PNG or JPEG says which side is up", async () => {
    const raw = { raw: { width: 28, height: 28, channels: 1 } } as const;
    const corner = Buffer.alloc(28 * 28);
    corner.fill(255, 0, 14);
    for (const format of ["png", "jpeg"] as const) {
      const file = await sharp(corner, raw).withMetadata({ orientation: 3 }).toFormat(format).toBuffer();
      const values = await pictureValues(file, stretch);
      expect(values.at(-1)).toBeGreaterThan(0.6);
      expect(values[0]).toBeLessThan(0.4);
    }
  });

  it("reads an animation's first frame", async () => {
    const white = await sharp(plain).negate().png().toBuffer();
    const animation = await sharp([plain, white], { join: { animated: true } })
      .webp({ lossless: true })
      .toBuffer();
    expect(readHead(animation).animated).toBe(true);
    expect(await pictureValues(animation, stretch)).toEqual(await pictureValues(plain, stretch));
  });

  it("refuses more data than the pixels can be", async () => {
    const bomb = pngFile(head, pixelChunk(Buffer.alloc(200_000_000)));
    expect(bomb.length).toBeGreaterThan(150_000);
    await expect(pictureValues(bomb, stretch)).rejects.toMatchObject({ code: "invalid_image" });
  });

  it("inflates little beyond the pixels", async () => {
    const bomb = pngFile(head, pixelChunk(Buffer.alloc(50_000_000)));
    const grown = await growth(() => pictureValues(bomb, stretch).catch(() => undefined));
    expect(grown).toBeLessThan(20_000_000);
  });

  it("refuses two heads, however one reader may like the first and another the second", async () => {
    const deceiving = pngFile(head, header({ width: 3900, height: 3900 }), pixelChunk(greyRows(3900, 3900)));
    expect(deceiving.length).toBeLessThan(30_000);
    for (const config of [stretch, digit]) {
      await expect(pictureValues(deceiving, config)).rejects.toMatchObject({ code: "invalid_image" });
    }
  });
});

describe("Pictures are refused by their heads", () => {
  /** A head alone: no pixel of these is looked at. */
  function sized(width: number, height: number, more: { bitDepth?: number; interlaced?: boolean } = {}) {
    return readHead(
      pngFile(header({ width, height, colourType: 6, ...more }), chunk("IDAT", Buffer.alloc(0))),
    );
  }

  it("when they are too large", () => {
    expect(() => checkPicture(sized(5712, 4284))).not.toThrow();
    expect(() => checkPicture(sized(5001, 5000))).toThrow("The picture has more than 25 million pixels.");
    expect(() => checkPicture(sized(40_000, 10))).toThrow(
      "A side of the picture has more than 32768 pixels.",
    );
    expect(() => checkPicture(sized(4000, 4000, { interlaced: true }))).not.toThrow();
    expect(() => checkPicture(sized(4001, 4000, { interlaced: true }))).toThrow(
      "The picture has 4001 by 4000 pixels; of an interlaced PNG, which has to be held whole, 16.0 million are read.",
    );
    expect(() => checkPicture(sized(3000, 3000, { interlaced: true, bitDepth: 16 }))).toThrow("8.0 million");
  });

  it("when they are too large together", () => {
    const megapixel = sized(1000, 1000);
    expect(() => checkTogether(Array.from({ length: 64 }, () => megapixel))).not.toThrow();
    expect(() => checkTogether([...Array.from({ length: 64 }, () => megapixel), sized(1, 1)])).toThrow(
      "The request's pictures have more than 64 million pixels together.",
    );
  });
});

describe("oneByOne", () => {
  it("gives the event loop a turn between pictures, and keeps their order", async () => {
    let turns = 0;
    let counting = true;
    const count = (): void => {
      turns += 1;
      if (counting) {
        setImmediate(count);
      }
    };
    setImmediate(count);
    const values = await oneByOne(
      Array.from({ length: 64 }, () => plain),
      (picture) => pictureValues(picture, digit),
    );
    counting = false;
    expect(turns).toBeGreaterThanOrEqual(60);
    expect(values).toEqual(Array.from({ length: 64 }, () => values[0]));
    expect(await oneByOne([3, 1, 2], (value) => Promise.resolve(value * 2))).toEqual([6, 2, 4]);
  });

  it("works on a couple at once, and begins none after a failure", async () => {
    let running = 0;
    let most = 0;
    let begun = 0;
    const work = async (item: number): Promise<void> => {
      begun += 1;
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running -= 1;
      if (item === 3) {
        throw new Error("third");
      }
    };
    await expect(oneByOne([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], work)).rejects.toThrow("third");
    expect(most).toBe(2);
    expect(begun).toBeLessThanOrEqual(5);
  });
});
