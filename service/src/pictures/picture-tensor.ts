import { ServiceError } from "../server/errors.js";
import type { ImagePreprocess } from "../models/model-config.js";
import { takeFloats } from "../tensors/spare-floats.js";
import type { Tensor } from "../tensors/tensor.js";
import { decode } from "./read-picture.js";
import { fitDigit } from "./glyph/digit.js";

/** One picture's bytes (PNG, JPEG or WebP) as the input's values for one row. Throws invalid_image, unprocessable. */
export async function pictureValues(bytes: Uint8Array, config: ImagePreprocess): Promise<Float32Array> {
  if (config.fit === "digit") {
    return scaled(await fitDigit(bytes, config), config);
  }
  return scaled(arrange(await resized(bytes, config), config), config);
}

/** Shape of one row: what `layout` makes of height, width and channels. */
export function rowShape({ layout, height, width, channels }: ImagePreprocess): number[] {
  switch (layout) {
    case "flat":
      return [height * width * channels];
    case "hwc":
      return [height, width, channels];
    case "chw":
      return [channels, height, width];
  }
}

/** Rows of values in one tensor, shape [rows, ...rowShape]. */
export function imageTensor(rows: readonly Float32Array[], config: ImagePreprocess): Tensor {
  const shape = rowShape(config);
  const length = shape.reduce((total, size) => total * size, 1);
  const data = new Float32Array(rows.length * length);
  rows.forEach((row, index) => data.set(row, index * length));
  return { datatype: "FP32", shape: [rows.length, ...shape], data };
}

/** (pixel - mean) / scale for every byte, in the order given. */
export function scaled(pixels: Uint8Array, config: ImagePreprocess): Float32Array {
  const table = tableOf(config);
  const { length } = pixels;
  const values = takeFloats(length);
  // No `?? 0`: every index is in range, and the checks cost as much as the copy.
  for (let index = 0; index < length; index += 1) {
    values[index] = table[pixels[index] as number] as number;
  }
  return values;
}

const tables = new WeakMap<ImagePreprocess, Float32Array>();

/** The 256 values that a pixel can become; looked up, because dividing costs more. */
function tableOf(config: ImagePreprocess): Float32Array {
  let table = tables.get(config);
  if (table === undefined) {
    table = Float32Array.from({ length: 256 }, (_, pixel) => (pixel - config.mean) / config.scale);
    tables.set(config, table);
  }
  return table;
}

async function resized(bytes: Uint8Array, config: ImagePreprocess): Promise<Uint8Array> {
  const { width, height, channels, fit } = config;
  const pixels = await decode(bytes, ({ picture }) =>
    picture
      .flatten({ background: "white" })
      .resize({ width, height, fit: fit === "contain" ? "contain" : "fill", background: "black" })
      .toColourspace(channels === 1 ? "b-w" : "srgb"),
  );
  if (pixels.channels !== channels) {
    throw new ServiceError("invalid_image", `The picture has ${pixels.channels} channels, not ${channels}.`);
  }
  return pixels.data;
}

/** Interleaved pixels (height, width, channel) in the layout's order. */
function arrange(pixels: Uint8Array, { layout, channels }: ImagePreprocess): Uint8Array {
  if (layout !== "chw" || channels === 1) {
    return pixels;
  }
  const plane = pixels.length / channels;
  return Uint8Array.from(
    pixels,
    (_, index) => pixels[(index % plane) * channels + Math.floor(index / plane)] ?? 0,
  );
}
