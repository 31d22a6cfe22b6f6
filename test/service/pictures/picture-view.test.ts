import { describe, expect, it } from "vitest";
import type { ImagePreprocess } from "#service/models/model-config.js";
import { pictureViews } from "#service/pictures/picture-view.js";

const config: ImagePreprocess = {
  kind: "image",
  width: 2,
  height: 1,
  channels: 3,
  layout: "hwc",
  scale: 255,
  mean: 0,
  fit: "stretch",
};
function tensor(values: number[]) {
  return {
    datatype: "FP32" as const,
    shape: [1, values.length],
    data: Float32Array.from(values),
  };
}

describe("pictureViews", () => {
  it("undoes scale and mean, kept within a byte", () => {
    const [view] = pictureViews(tensor([-1, 0, 0.5, 1, 2, -3]), { ...config, scale: 100, mean: 100 });
    expect([...(view?.pixels ?? [])]).toEqual([0, 100, 150, 200, 255, 0]);
  });

  it("interleaves the planes of chw", () => {
    const planes = [1, 2, 3, 4, 5, 6].map((value) => value / 255);
    const [view] = pictureViews(tensor(planes), { ...config, layout: "chw" });
    expect([...(view?.pixels ?? [])]).toEqual([1, 3, 5, 2, 4, 6]);
  });

  it("gives one picture a row", () => {
    const rows = tensor(Array.from({ length: 12 }, (_, index) => index / 255));
    expect(pictureViews(rows, config).map(({ pixels }) => pixels[0])).toEqual([0, 6]);
  });
});
