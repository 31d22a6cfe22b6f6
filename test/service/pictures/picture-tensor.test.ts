import sharp from "sharp";
import { describe, expect, it } from "vitest";
import type { ImagePreprocess } from "#service/models/model-config.js";
import { imageTensor, pictureValues, scaled } from "#service/pictures/picture-tensor.js";
import { pictureViews } from "#service/pictures/picture-view.js";

const base: ImagePreprocess = {
  kind: "image",
  width: 2,
  height: 2,
  channels: 3,
  layout: "hwc",
  scale: 1,
  mean: 0,
  fit: "stretch",
};
const COLOURS = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120];

function file(width: number, height: number, pixels: readonly number[]): Promise<Buffer> {
  return sharp(Buffer.from(pixels), { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

async function values(
  config: Partial<ImagePreprocess>,
  width = 2,
  height = 2,
  pixels = COLOURS,
): Promise<number[]> {
  return [...(await pictureValues(await file(width, height, pixels), { ...base, ...config }))];
}

describe("pictureValues", () => {
  it("orders dimensions and channels", async () => {
    expect(await values({})).toEqual(COLOURS);
    expect(await values({ layout: "flat" })).toEqual(COLOURS);
    expect(await values({ layout: "chw" })).toEqual([10, 40, 70, 100, 20, 50, 80, 110, 30, 60, 90, 120]);
    expect(await values({ order: "bgr" })).toEqual([30, 20, 10, 60, 50, 40, 90, 80, 70, 120, 110, 100]);
    expect(await values({ layout: "chw", order: "bgr" })).toEqual([
      30, 60, 90, 120, 20, 50, 80, 110, 10, 40, 70, 100,
    ]);
  });

  it("scales each channel by its own numbers, in the tensor's order", async () => {
    const own = { mean: [30, 20, 10], scale: [1, 2, 10], order: "bgr" } as const;
    expect(await values(own)).toEqual([0, 0, 0, 30, 15, 3, 60, 30, 6, 90, 45, 9]);
    expect(await values({ ...own, layout: "chw" })).toEqual([0, 30, 60, 90, 0, 15, 30, 45, 0, 3, 6, 9]);
  });

  it("pads with a pixel's value, which need be no whole one", async () => {
    const row = COLOURS.slice(0, 6);
    const letterbox = { fit: "contain", place: "start", mean: 127.5, scale: 127.5 } as const;
    const made = await values({ ...letterbox, pad: 127.5, mean: 127.5 }, 2, 1, row);
    expect(made.slice(6)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(await values({ fit: "contain", place: "start", pad: [1, 2, 3] }, 2, 1, row)).toEqual([
      ...row,
      ...[1, 2, 3, 1, 2, 3],
    ]);
    expect((await values({ fit: "contain", place: "start" }, 2, 1, row)).slice(6)).toEqual([
      0, 0, 0, 0, 0, 0,
    ]);
  });

  it("puts pictures in their place when they are larger and smaller, with every filter", async () => {
    const flat = Array.from({ length: 9 * 5 * 3 }, (_, at) => [200, 100, 50][at % 3] ?? 0);
    for (const resample of ["nearest", "bilinear", "bicubic", "lanczos"] as const) {
      for (const antialias of [true, false]) {
        for (const fit of ["stretch", "crop", "contain", "height"] as const) {
          for (const size of [
            { width: 3, height: 2 },
            { width: 20, height: 20 },
            { width: 4, height: 20 },
          ]) {
            const made = await values({ ...size, fit, resample, antialias }, 9, 5, flat);
            const middle = (Math.floor(size.height / 2) * size.width + Math.floor(size.width / 2)) * 3;
            expect(made.slice(middle, middle + 3)).toEqual([200, 100, 50]);
          }
        }
      }
    }
  });

  it("refuses a picture so narrow that covering the model's makes it endless", async () => {
    const line = await sharp({ create: { width: 20_000, height: 1, channels: 3, background: "red" } })
      .png()
      .toBuffer();
    await expect(pictureValues(line, { ...base, fit: "crop" })).rejects.toMatchObject({
      code: "invalid_image",
      message:
        "The picture has 20000 by 1 pixels; scaled to the model's size, a side would have more than 32768.",
    });
  });
});

describe("scaled", () => {
  it("scales rows that are in the tensor's order, each channel by its own numbers", () => {
    const own = { mean: [0, 10, 20], scale: [1, 2, 5] } as const;
    const rows = Uint8Array.from([...COLOURS, ...COLOURS]);
    const hwc = [10, 5, 2, 40, 20, 8, 70, 35, 14, 100, 50, 20];
    expect([...scaled(rows, { ...base, ...own })]).toEqual([...hwc, ...hwc]);
    const chw = [10, 20, 30, 40, 20, 25, 30, 35, 14, 16, 18, 20];
    expect([...scaled(rows, { ...base, ...own, layout: "chw" })]).toEqual([...chw, ...chw]);
  });
});

describe("imageTensor", () => {
  const rows = [Float32Array.of(-1, 0.5, 1.6, 300), Float32Array.of(2, 3, 4, 5)];
  const config: ImagePreprocess = { ...base, channels: 1 };

  it("holds the input's datatype", () => {
    expect(imageTensor(rows, config)).toMatchObject({ datatype: "FP32", shape: [2, 2, 2, 1] });
    expect(imageTensor(rows, config, "UINT8")).toEqual({
      datatype: "UINT8",
      shape: [2, 2, 2, 1],
      data: Uint8Array.of(0, 0, 2, 255, 2, 3, 4, 5),
    });
    expect(imageTensor(rows, config, "FP16")).toEqual({
      datatype: "FP16",
      shape: [2, 2, 2, 1],
      data: Uint16Array.of(0xbc00, 0x3800, 0x3e66, 0x5cb0, 0x4000, 0x4200, 0x4400, 0x4500),
    });
  });

  it.each(["UINT8", "FP16", "FP32"] as const)(
    "is shown as the picture that it was made of, %s",
    async (datatype) => {
      for (const layout of ["flat", "hwc", "chw"] as const) {
        for (const order of ["rgb", "bgr"] as const) {
          const scale =
            datatype === "UINT8" ? {} : { mean: [123.675, 116.28, 103.53], scale: [58.395, 57.12, 57.375] };
          const own: ImagePreprocess = { ...base, ...scale, layout, order };
          const row = await pictureValues(await file(2, 2, COLOURS), own);
          const views = pictureViews(imageTensor([row, row], own, datatype), own);
          expect(views).toHaveLength(2);
          views.forEach(({ pixels }) => expect([...pixels]).toEqual(COLOURS));
        }
      }
    },
  );
});
