import { ServiceError } from "../server/errors.js";
import type { ImagePreprocess } from "../models/model-config.js";
import { placementOf, type Placement } from "./fit.js";
import { readHead } from "./heads/head.js";
import { checkHeld, checkScaled } from "./limits.js";
import { decode } from "./read-picture.js";
import { sample } from "./sample.js";

/** Pixels, red, green, blue or grey, and where they lie in the picture that the model takes. */
export interface Placed {
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
}

/** What libvips calls the filters that it scales with; the nearest pixel is picked here. */
const KERNELS = { bilinear: "linear", bicubic: "cubic", lanczos: "lanczos3" } as const;

/** A picture scaled and cut as `fit` says, on white where it is transparent. Throws invalid_image. */
export async function resized(bytes: Uint8Array, config: ImagePreprocess): Promise<Placed> {
  const { channels, resample = "lanczos", antialias = true } = config;
  const colours = channels === 1 ? "b-w" : "srgb";
  let placement: Placement | undefined;
  const samples = resample === "nearest" || !antialias;
  if (samples) {
    checkHeld(readHead(bytes), channels, "a picture that is resized without antialiasing");
  }
  const decoded = await decode(bytes, ({ picture, width, height }) => {
    placement = placementOf({ width, height }, config);
    const flat = picture.flatten({ background: "white" }).toColourspace(colours);
    if (samples) {
      return flat;
    }
    checkScaled({ width, height }, placement.size);
    const scaled = flat.resize({ ...placement.size, fit: "fill", kernel: KERNELS[resample] });
    return config.fit === "crop" ? scaled.extract(placement.window) : scaled;
  });
  if (decoded.channels !== channels || placement === undefined) {
    throw new ServiceError("invalid_image", `The picture has ${decoded.channels} channels, not ${channels}.`);
  }
  const { window, left, top } = placement;
  const pixels = samples ? sample(decoded, placement, resample) : decoded.data;
  return { pixels, width: window.width, height: window.height, left, top };
}
