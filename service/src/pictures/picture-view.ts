import type { ImagePreprocess } from "../models/model-config.js";
import { fromFloat16 } from "../tensors/float16.js";
import type { Tensor } from "../tensors/tensor.js";
import { channelScales, strideOf } from "./scaling.js";

/** A picture as the model received it, after preprocessing: rows of pixels, channels interleaved, 0 to 255. */
export interface PictureView {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 3 red, green, blue. */
  readonly channels: number;
  readonly pixels: Uint8Array;
}

/** The pictures that a model's input tensor holds; `config` says how they were put into it. */
export function pictureViews({ data, datatype }: Tensor, config: ImagePreprocess): PictureView[] {
  const { width, height, channels } = config;
  const size = width * height * channels;
  const valueAt = (index: number): number =>
    datatype === "FP16" ? fromFloat16(Number(data[index])) : Number(data[index]);
  return Array.from({ length: Math.floor(data.length / size) }, (_, row) => {
    // Clamped, and rounded to the nearest.
    const pixels = new Uint8ClampedArray(size);
    channelScales(config).forEach(({ mean, scale }, channel) => {
      const { first, step } = strideOf(config, channel);
      let at = row * size + first;
      for (let to = config.order === "bgr" ? channels - 1 - channel : channel; to < size; to += channels) {
        pixels[to] = valueAt(at) * scale + mean;
        at += step;
      }
    });
    return { width, height, channels, pixels: new Uint8Array(pixels.buffer) };
  });
}
