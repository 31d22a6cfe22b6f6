/** Pictures: from a picture's file to a row of a tensor, bounded by what its head says. */

import { product } from "../tensors/shape.js";
import type { ImagePreprocess } from "../models/model-config.js";
import { toFloat16 } from "../tensors/float16.js";
import { takeFloats } from "../tensors/spare-floats.js";
import type { Datatype } from "../tensors/datatypes.js";
import type { Tensor } from "../tensors/tensor.js";
import { fitDigit } from "./glyph/digit.js";
import { resized } from "./resized.js";
import { rowShape } from "../models/row-shape.js";
import { channelScales, of, strideOf, valueTables } from "./scaling.js";

export { rowShape };

/** One picture's bytes (PNG, JPEG or WebP) as the input's values for one row. Throws invalid_image, unprocessable. */
export async function pictureValues(bytes: Uint8Array, config: ImagePreprocess): Promise<Float32Array> {
  if (config.fit === "digit") {
    return scaled(await fitDigit(bytes, config), config);
  }
  const { pixels, width, height, left, top } = await resized(bytes, config);
  const values = takeFloats(config.width * config.height * config.channels);
  if (pixels.length < values.length) {
    fillPadding(values, config);
  }
  const { channels } = config;
  valueTables(config).forEach((table, channel) => {
    const { first, step } = strideOf(config, channel);
    // Pictures are decoded as red, green, blue.
    const source = config.order === "bgr" ? channels - 1 - channel : channel;
    let from = source;
    for (let y = 0; y < height; y += 1) {
      let to = first + ((top + y) * config.width + left) * step;
      // No `?? 0`: every index is in range, and the checks cost as much as the copy.
      for (let x = 0; x < width; x += 1, from += channels, to += step) {
        values[to] = table[pixels[from] as number] as number;
      }
    }
  });
  return values;
}

/** The padding's value everywhere, which need be no whole pixel: 127.5 becomes 0 where that is the mean. */
function fillPadding(values: Float32Array, config: ImagePreprocess): void {
  const { width, height, pad } = config;
  channelScales(config).forEach(({ mean, scale }, channel) => {
    const value = (of(pad, channel, 0) - mean) / scale;
    const { first, step } = strideOf(config, channel);
    for (let pixel = 0; pixel < width * height; pixel += 1) {
      values[first + pixel * step] = value;
    }
  });
}

/** Rows of values in one tensor, shape [rows, ...rowShape], of the input's datatype: UINT8, FP16 or else FP32. */
export function imageTensor(
  rows: readonly Float32Array[],
  config: ImagePreprocess,
  datatype: Datatype = "FP32",
): Tensor {
  const shape = rowShape(config);
  const length = product(shape);
  const all = [rows.length, ...shape];
  switch (datatype) {
    case "UINT8": {
      // Clamped, and rounded to the nearest.
      const data = new Uint8ClampedArray(rows.length * length);
      rows.forEach((row, index) => data.set(row, index * length));
      return { datatype, shape: all, data: new Uint8Array(data.buffer) };
    }
    case "FP16": {
      const data = new Uint16Array(rows.length * length);
      rows.forEach((row, index) => data.set(Uint16Array.from(row, toFloat16), index * length));
      return { datatype, shape: all, data };
    }
    default: {
      const data = new Float32Array(rows.length * length);
      rows.forEach((row, index) => data.set(row, index * length));
      return { datatype: "FP32", shape: all, data };
    }
  }
}

/** (pixel - mean) / scale for every byte of one row or several, which are in the tensor's order already. */
export function scaled(pixels: Uint8Array, config: ImagePreprocess): Float32Array {
  const tables = valueTables(config);
  const [table] = tables;
  const { length } = pixels;
  const values = takeFloats(length);
  if (table !== undefined && isAlike(config)) {
    for (let index = 0; index < length; index += 1) {
      values[index] = table[pixels[index] as number] as number;
    }
    return values;
  }
  const area = config.width * config.height;
  const size = area * config.channels;
  tables.forEach((own, channel) => {
    const { first, step } = strideOf(config, channel);
    for (let row = 0; row < length; row += size) {
      for (let pixel = 0, at = row + first; pixel < area; pixel += 1, at += step) {
        values[at] = own[pixels[at] as number] as number;
      }
    }
  });
  return values;
}

/** Whether all channels are scaled alike. */
function isAlike({ mean, scale }: ImagePreprocess): boolean {
  return typeof mean === "number" && typeof scale === "number";
}
