import type { ImagePreprocess } from "./model-config.js";

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
