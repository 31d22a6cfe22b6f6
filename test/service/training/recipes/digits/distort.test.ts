import { describe, expect, it } from "vitest";

import { SIDE } from "#service/training/recipes/digits/digits.js";
import { distort, drawDistortion, type Distortion } from "#service/training/recipes/digits/distort.js";
import { randomFrom } from "#service/training/random.js";

const still: Distortion = { rotation: 0, scaleX: 1, scaleY: 1, slant: 0, shiftX: 0, shiftY: 0 };

function at(x: number, y: number) {
  return y * SIDE + x;
}
function dot(x: number, y: number) {
  const pixels = new Float32Array(SIDE * SIDE);
  pixels[at(x, y)] = 100;
  return pixels;
}
function distorted(source: ArrayLike<number>, distortion: Partial<Distortion>) {
  const target = new Float32Array(SIDE * SIDE);
  distort(source, target, { ...still, ...distortion });
  return target;
}

describe("distort", () => {
  it("leaves a digit as it is when there is nothing to do", () => {
    const source = Float32Array.from({ length: SIDE * SIDE }, (_, index) => index % 256);
    expect(distorted(source, {})).toEqual(source);
  });

  it("shifts right and down, and shares a pixel between two for half a pixel", () => {
    expect(distorted(dot(5, 6), { shiftX: 2, shiftY: 3 })).toEqual(dot(7, 9));
    const half = distorted(dot(5, 6), { shiftX: 0.5 });
    expect([half[at(5, 6)], half[at(6, 6)]]).toEqual([50, 50]);
  });

  it("turns clockwise, leans to the right and grows, all around the centre of mass", () => {
    expect(distorted(dot(14, 4), { rotation: Math.PI / 2 })[at(24, 14)]).toBeCloseTo(100);
    expect(distorted(dot(14, 4), { slant: 0.5 })[at(19, 4)]).toBeCloseTo(100);
    expect(distorted(dot(14, 9), { scaleY: 2 })[at(14, 4)]).toBeCloseTo(100);
    for (const distortion of [{ rotation: 1 }, { slant: 1 }, { scaleX: 0.5, scaleY: 2 }]) {
      expect(distorted(dot(14, 14), distortion)[at(14, 14)]).toBeCloseTo(100);
    }
  });

  it("drops what leaves the picture", () => {
    expect(distorted(dot(27, 0), { shiftX: 5 })).toEqual(new Float32Array(SIDE * SIDE));
  });
});

describe("drawDistortion", () => {
  it("is the same for the same seed, within its bounds", () => {
    expect(drawDistortion(randomFrom(4))).toEqual(drawDistortion(randomFrom(4)));
    const random = randomFrom(1);
    const drawn = Array.from({ length: 200 }, () => drawDistortion(random));
    expect(Math.max(...drawn.map(({ rotation }) => Math.abs(rotation)))).toBeLessThanOrEqual(0.21);
    expect(Math.min(...drawn.map(({ scaleX }) => scaleX))).toBeGreaterThanOrEqual(0.85);
    expect(new Set(drawn.map(({ shiftX }) => shiftX)).size).toBe(200);
  });
});
