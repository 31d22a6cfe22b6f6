import { describe, expect, it } from "vitest";

import { bundledDigits, heldOutIndexes } from "#service/training/recipes/digits/bundled-digits.js";
import { PIXELS, pixelsOf, SIDE, type Digits } from "#service/training/recipes/digits/digits.js";

const { train, heldOut } = bundledDigits();
function contents(digits: Digits) {
  return Array.from({ length: digits.count }, (_, index) =>
    Buffer.from(pixelsOf(digits, index)).toString("base64"),
  );
}

/** Centre of mass in pixel indexes, and the longer side of the box around all that is not background. */
function measure(pixels: Uint8Array) {
  const inked = Array.from(pixels.keys()).filter((index) => (pixels[index] ?? 0) > 0);
  const mass = inked.reduce((sum, index) => sum + (pixels[index] ?? 0), 0);
  const weigh = (position: (index: number) => number) =>
    inked.reduce((sum, index) => sum + position(index) * (pixels[index] ?? 0), 0) / mass;
  const spread = (positions: number[]) => Math.max(...positions) - Math.min(...positions) + 1;
  const column = (index: number) => index % SIDE;
  const row = (index: number) => Math.floor(index / SIDE);
  return {
    x: weigh(column),
    y: weigh(row),
    box: Math.max(spread(inked.map(column)), spread(inked.map(row))),
  };
}

describe("bundledDigits", () => {
  it("holds out every fifth digit of each class", () => {
    expect(heldOutIndexes(Uint8Array.from([7, 7, 7, 1, 7, 7, 1, 1, 1, 1, 7]))).toEqual([5, 9]);
    expect([train.count, heldOut.count]).toEqual([8004, 1996]);
    expect(train.pixels.length).toBe(train.count * PIXELS);
  });

  it("trains on none of the held-out digits", () => {
    const trained = new Set(contents(train));
    expect(contents(heldOut).filter((content) => trained.has(content))).toEqual([]);
  });

  it("follows MNIST's convention: a box of 20 pixels, the centre of mass on pixel 14", () => {
    const measured = Array.from({ length: heldOut.count }, (_, index) => measure(pixelsOf(heldOut, index)));
    const conventional = measured.filter(
      ({ x, y, box }) => box === 20 && Math.abs(x - 14) <= 0.6 && Math.abs(y - 14) <= 0.6,
    );
    expect(conventional.length / heldOut.count).toBeGreaterThan(0.99);
  });
});
