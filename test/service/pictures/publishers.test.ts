import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ImagePreprocess } from "#service/models/model-config.js";
import { pictureValues, rowShape } from "#service/pictures/picture-tensor.js";
import { channelScales } from "#service/pictures/scaling.js";

interface Expected {
  readonly picture: string;
  readonly shape: readonly number[];
  readonly step: number;
  readonly values: readonly number[];
}

/** What publishers' own code makes of two pictures: see make.py beside it. */
const FOLDER = new URL("../../fixtures/preprocessing/", import.meta.url);
const expected = JSON.parse(readFileSync(new URL("expected.json", FOLDER), "utf8")) as Record<
  string,
  Expected
>;

const image = { kind: "image", channels: 3 } as const;
/** torchvision's Normalize with ImageNet's figures, times 255. */
const imageNet = { mean: [123.675, 116.28, 103.53], scale: [58.395, 57.12, 57.375] };
const half = { mean: 127.5, scale: 127.5 };

/**
 * Each with the differences that are let pass, in grey levels: their mean, and the largest. The largest mean seen is
 * 0.44, where a picture becomes an eighth as large: libvips averages whole pixels before it filters, Pillow does not.
 * The rest is rounding. "keras, tf" and "PaddleOCR" pick pixels as they are, and differ by how expected.json is rounded.
 */
const CASES: Record<string, { config: ImagePreprocess; mean: number; most: number }> = {
  torchvision: {
    config: {
      ...image,
      ...imageNet,
      width: 224,
      height: 224,
      layout: "chw",
      fit: "crop",
      shortSide: 256,
      resample: "bilinear",
    },
    mean: 0.1,
    most: 2,
  },
  "torchvision, narrow": {
    config: {
      ...image,
      ...imageNet,
      width: 224,
      height: 224,
      layout: "chw",
      fit: "crop",
      shortSide: 256,
      resample: "bilinear",
    },
    mean: 0.1,
    most: 2,
  },
  "torchvision, much smaller": {
    config: {
      ...image,
      ...imageNet,
      width: 32,
      height: 32,
      layout: "chw",
      fit: "crop",
      shortSide: 40,
      resample: "bilinear",
    },
    mean: 0.6,
    most: 7,
  },
  timm: {
    config: {
      ...image,
      ...half,
      width: 160,
      height: 160,
      layout: "chw",
      fit: "crop",
      shortSide: 177,
      resample: "bicubic",
    },
    mean: 0.2,
    most: 6,
  },
  "pillow, lanczos": {
    config: {
      ...image,
      mean: 0,
      scale: 255,
      width: 40,
      height: 30,
      layout: "hwc",
      fit: "stretch",
      resample: "lanczos",
    },
    mean: 0.4,
    most: 2,
  },
  "keras, tf": {
    config: {
      ...image,
      ...half,
      width: 160,
      height: 160,
      layout: "hwc",
      fit: "stretch",
      resample: "nearest",
    },
    mean: 0.01,
    most: 0.02,
  },
  "keras, caffe": {
    config: {
      ...image,
      mean: [103.939, 116.779, 123.68],
      scale: 1,
      order: "bgr",
      width: 160,
      height: 160,
      layout: "hwc",
      fit: "stretch",
      resample: "bilinear",
    },
    mean: 0.1,
    most: 4,
  },
  "keras, torch": {
    config: {
      ...image,
      ...imageNet,
      width: 160,
      height: 160,
      layout: "hwc",
      fit: "stretch",
      resample: "bicubic",
    },
    mean: 0.1,
    most: 2,
  },
  PaddleClas: {
    config: {
      ...image,
      ...imageNet,
      width: 160,
      height: 160,
      layout: "chw",
      fit: "crop",
      shortSide: 176,
      rounding: "nearest",
      resample: "bilinear",
      antialias: false,
    },
    mean: 0.1,
    most: 1.5,
  },
  PaddleOCR: {
    config: {
      ...image,
      ...half,
      order: "bgr",
      width: 320,
      height: 48,
      layout: "chw",
      fit: "height",
      pad: 127.5,
      place: "start",
      rounding: "ceil",
      resample: "bilinear",
      antialias: false,
    },
    mean: 0.01,
    most: 0.02,
  },
  "PaddleOCR, wide": {
    config: {
      ...image,
      ...half,
      order: "bgr",
      width: 60,
      height: 48,
      layout: "chw",
      fit: "height",
      pad: 127.5,
      place: "start",
      rounding: "ceil",
      resample: "bilinear",
      antialias: false,
    },
    mean: 0.15,
    most: 1.5,
  },
  Ultralytics: {
    config: {
      ...image,
      mean: 0,
      scale: 255,
      width: 160,
      height: 160,
      layout: "chw",
      fit: "contain",
      pad: 114,
      resample: "bilinear",
      antialias: false,
    },
    mean: 0.2,
    most: 1.5,
  },
};

describe("Preprocessing as publishers have it", () => {
  it("is tested whole", () => expect(Object.keys(CASES)).toEqual(Object.keys(expected)));

  it.each(Object.entries(CASES))("%s", async (name, { config, mean, most }) => {
    const { picture, shape, step, values } = expected[name] as Expected;
    expect(rowShape(config)).toEqual(shape);
    const made = await pictureValues(readFileSync(new URL(`${picture}.png`, FOLDER)), config);
    const scales = channelScales(config);
    const differences = values.map((value, index) => {
      const at = index * step;
      const channel = config.layout === "chw" ? Math.floor(at / (config.width * config.height)) : at % 3;
      return Math.abs(value - (made[at] ?? NaN)) * (scales[channel]?.scale ?? NaN);
    });
    const average = differences.reduce((sum, difference) => sum + difference, 0) / differences.length;
    expect(average).toBeLessThan(mean);
    expect(Math.max(...differences)).toBeLessThan(most);
  });
});
