import sharp from "sharp";
import { describe, expect, it } from "vitest";

import { drawConfusion, drawLearningCurve } from "#service/training/plots.js";

function isDiagonal(actual: number, predicted: number) {
  return actual === predicted ? 100 : 0;
}
const matrix = Array.from({ length: 10 }, (_, actual) =>
  Array.from({ length: 10 }, (_, predicted) => isDiagonal(actual, predicted)),
);

/** Pixels that are near black: text and axes. */
async function darkPixels(png: Uint8Array): Promise<number> {
  const pixels = await sharp(png).greyscale().raw().toBuffer();
  return pixels.filter((value) => value < 60).length;
}

describe("pictures", () => {
  it("draws a confusion matrix of which each cell is as dark as its share", async () => {
    const png = await drawConfusion(matrix);
    const { width, height } = await sharp(png).metadata();
    expect(Math.min(width, height)).toBeGreaterThan(800);
    const { dominant } = await sharp(png).stats();
    expect(Math.min(dominant.r, dominant.g, dominant.b)).toBeGreaterThan(220);
    const shuffledMatrix = matrix.map((row, index) => (index === 0 ? [...row].reverse() : row));
    expect(Buffer.from(await drawConfusion(shuffledMatrix)).equals(png)).toBe(false);
  });

  it("writes its text with the font that comes along", async () => {
    const epoch = { loss: 0.5, accuracy: 0.8, heldOutLoss: 0.3, heldOutAccuracy: 0.9 };
    const png = await drawLearningCurve([epoch, { ...epoch, loss: 0.2, accuracy: 0.95 }]);
    expect(await darkPixels(png)).toBeGreaterThan(2000);
  });
});
