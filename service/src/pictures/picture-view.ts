import type { ImagePreprocess } from "../models/model-config.js";
import type { Tensor } from "../tensors/tensor.js";

/** A picture as the model received it, after preprocessing: rows of pixels, channels interleaved, 0 to 255. */
export interface PictureView {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly pixels: Uint8Array;
}

/** The pictures that a model's input tensor holds; `config` says how they were put into it. */
export function pictureViews({ data }: Tensor, config: ImagePreprocess): PictureView[] {
  const { width, height, channels, layout, scale, mean } = config;
  const area = width * height;
  const size = area * channels;
  // Where a pixel's value stands in the tensor: planes for chw, else as in the view.
  const positionOf = (index: number): number =>
    layout === "chw" ? (index % channels) * area + Math.floor(index / channels) : index;
  return Array.from({ length: Math.floor(data.length / size) }, (_, row) => ({
    width,
    height,
    channels,
    pixels: Uint8Array.from({ length: size }, (_, index) => {
      const value = Number(data[row * size + positionOf(index)]) * scale + mean;
      return Math.min(255, Math.max(0, Math.round(value)));
    }),
  }));
}
