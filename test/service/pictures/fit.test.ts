import { describe, expect, it } from "vitest";
import type { ImagePreprocess } from "#service/models/model-config.js";
import { placementOf } from "#service/pictures/fit.js";

const base: ImagePreprocess = {
  kind: "image",
  width: 224,
  height: 160,
  channels: 3,
  layout: "chw",
  scale: 255,
  mean: 0,
  fit: "stretch",
};

/** [scaled width and height], [window's left and top, width and height], [left, top]. */
function placed(width: number, height: number, config: Partial<ImagePreprocess>): number[][] {
  const { size, window, left, top } = placementOf({ width, height }, { ...base, ...config });
  return [
    [size.width, size.height],
    [window.left, window.top, window.width, window.height],
    [left, top],
  ];
}

describe("A picture's place in what the model takes", () => {
  it.each<[string, number[], Partial<ImagePreprocess>, number[][]]>([
    [
      "stretch",
      [10, 500],
      {},
      [
        [224, 160],
        [0, 0, 224, 160],
        [0, 0],
      ],
    ],
    [
      "contain",
      [448, 100],
      { fit: "contain" },
      [
        [224, 50],
        [0, 0, 224, 50],
        [0, 55],
      ],
    ],
    [
      "contain, at the start",
      [448, 100],
      { fit: "contain", place: "start" },
      [
        [224, 50],
        [0, 0, 224, 50],
        [0, 0],
      ],
    ],
    [
      "contain, high",
      [100, 321],
      { fit: "contain" },
      [
        [50, 160],
        [0, 0, 50, 160],
        [87, 0],
      ],
    ],
    [
      "contain, rounded up",
      [100, 319],
      { fit: "contain", rounding: "ceil" },
      [
        [51, 160],
        [0, 0, 51, 160],
        [86, 0],
      ],
    ],
    [
      "contain, down to a pixel",
      [1, 32_000],
      { fit: "contain" },
      [
        [1, 160],
        [0, 0, 1, 160],
        [111, 0],
      ],
    ],
    [
      "height",
      [100, 80],
      { fit: "height", place: "start" },
      [
        [200, 160],
        [0, 0, 200, 160],
        [0, 0],
      ],
    ],
    [
      "height, squeezed",
      [900, 80],
      { fit: "height" },
      [
        [224, 160],
        [0, 0, 224, 160],
        [0, 0],
      ],
    ],
    [
      "crop that covers",
      [448, 160],
      { fit: "crop" },
      [
        [448, 160],
        [112, 0, 224, 160],
        [0, 0],
      ],
    ],
    [
      "crop of a short side",
      [512, 384],
      { fit: "crop", shortSide: 256 },
      [
        [341, 256],
        [58, 48, 224, 160],
        [0, 0],
      ],
    ],
    // 343 - 224 is 119: torchvision's round(59.5) is 60.
    [
      "crop, rounded to even",
      [343, 256],
      { fit: "crop", shortSide: 256 },
      [
        [343, 256],
        [60, 48, 224, 160],
        [0, 0],
      ],
    ],
    [
      "crop, rounded to the nearest",
      [511, 383],
      { fit: "crop", shortSide: 256, rounding: "nearest" },
      [
        [342, 256],
        [59, 48, 224, 160],
        [0, 0],
      ],
    ],
  ])("%s", (_, [width = 0, height = 0], config, expected) => {
    expect(placed(width, height, config)).toEqual(expected);
  });
});
