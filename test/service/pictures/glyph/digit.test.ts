import sharp, { type OverlayOptions } from "sharp";
import { describe, expect, it } from "vitest";
import type { ImagePreprocess } from "#service/models/model-config.js";
import { fitDigit } from "#service/pictures/glyph/digit.js";
import { digits, squareOf } from "./held-out-digits.js";
import { enlarged, photograph, toSharp } from "./photograph.js";

const convention: ImagePreprocess = {
  kind: "image",
  width: 28,
  height: 28,
  channels: 1,
  layout: "flat",
  scale: 255,
  mean: 0,
  fit: "digit",
  box: 20,
};

describe("fitDigit", () => {
  it("passes on pictures that follow the convention", async () => {
    for (const digit of digits) {
      const square = squareOf(digit);
      const fitted = await fitDigit(await toSharp(square).png().toBuffer(), convention);
      expect(Buffer.from(fitted)).toEqual(square.pixels);
    }
  });

  it("scales to the box, keeps the aspect and centres by mass", async () => {
    const bar = { left: 150, top: 30, width: 20, height: 80 };
    const picture = await sharp({ create: { width: 200, height: 140, channels: 3, background: "white" } })
      .composite([{ input: { create: { ...bar, channels: 3, background: "navy" } }, ...bar }])
      .png()
      .toBuffer();
    const fitted = await fitDigit(picture, convention);
    const bright = [...fitted.keys()].filter((index) => (fitted[index] ?? 0) > 127);
    const rows = bright.map((index) => Math.floor(index / 28));
    const columns = bright.map((index) => index % 28);
    const extent = (values: number[]): number[] => [Math.min(...values), Math.max(...values)];
    expect(extent(rows)).toEqual([4, 23]);
    const [left = NaN, right = NaN] = extent(columns);
    expect(right - left + 1).toBeGreaterThanOrEqual(4);
    expect(right - left + 1).toBeLessThanOrEqual(6);
    expect(Math.abs(left + right - 27)).toBeLessThanOrEqual(1);
  });

  it.each([
    ["white", { r: 255, g: 255, b: 255 }],
    ["black", { r: 0, g: 0, b: 0 }],
    ["grey", { r: 120, g: 120, b: 120 }],
  ])("refuses a blank %s picture", async (_, background) => {
    for (const side of [28, 300]) {
      const blank = await sharp({ create: { width: side, height: side, channels: 3, background } })
        .png()
        .toBuffer();
      await expect(fitDigit(blank, convention)).rejects.toMatchObject({ code: "unprocessable", status: 422 });
    }
  });

  it("refuses a photograph of empty paper", async () => {
    const nothing = { side: 28, pixels: new Uint8Array(28 * 28) };
    const scene = { side: 300, glyph: 100, left: 0, top: 0, light: [220, 140], ink: 0, noise: 6 } as const;
    await expect(fitDigit(await photograph(nothing, scene), convention)).rejects.toMatchObject({
      status: 422,
    });
  });

  it("ignores specks and what comes in from the border", async () => {
    const [digit] = digits;
    if (digit === undefined) {
      throw new Error("no digits");
    }
    const page = await toSharp(await enlarged(squareOf(digit), 200))
      .negate()
      .png()
      .toBuffer();
    const spot = (left: number, top: number, width: number, height: number): OverlayOptions => ({
      input: { create: { width, height, channels: 3, background: "black" } },
      left,
      top,
    });
    const dirty = await sharp(page)
      .composite([spot(0, 0, 6, 200), spot(20, 180, 3, 3), spot(180, 20, 3, 3)])
      .png()
      .toBuffer();
    const [clean, cleaned] = await Promise.all([fitDigit(page, convention), fitDigit(dirty, convention)]);
    const difference = clean.reduce((sum, pixel, index) => sum + Math.abs(pixel - (cleaned[index] ?? 0)), 0);
    expect(difference / clean.length).toBeLessThan(6);
  });
});
