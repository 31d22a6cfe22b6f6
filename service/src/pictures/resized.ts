import { ServiceError } from "../server/errors.js";
import type { ImagePreprocess } from "../models/model-config.js";
import { placementOf, type Placement, type Size } from "./fit.js";
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

/**
 * A picture scaled and cut as `fit` says, on white where it is transparent. Throws invalid_image.
 * libvips makes sides smaller. It would make them larger half a pixel beside their place; that is done here.
 */
export async function resized(bytes: Uint8Array, config: ImagePreprocess): Promise<Placed> {
  const { channels, resample = "lanczos", antialias = true } = config;
  const kernel = antialias && resample !== "nearest" ? KERNELS[resample] : undefined;
  if (kernel === undefined) {
    checkHeld(readHead(bytes), channels, "a picture that is resized without antialiasing");
  }
  let placement: Placement | undefined;
  let finished = false;
  const decoded = await decode(bytes, ({ picture, width, height }) => {
    placement = placementOf({ width, height }, config);
    const { size, window } = placement;
    checkScaled({ width, height }, size);
    const flat = picture.flatten({ background: "white" }).toColourspace(channels === 1 ? "b-w" : "srgb");
    if (kernel === undefined) {
      return flat;
    }
    const smaller = { width: Math.min(width, size.width), height: Math.min(height, size.height) };
    const scaled = flat.resize({ ...smaller, fit: "fill", kernel });
    finished = isSize(size, smaller);
    return finished && !isSize(size, window) ? scaled.extract(window) : scaled;
  });
  if (decoded.channels !== channels || placement === undefined) {
    throw new ServiceError("invalid_image", `The picture has ${decoded.channels} channels, not ${channels}.`);
  }
  const { window, left, top } = placement;
  const pixels = finished ? decoded.data : sample(decoded, placement, resample);
  return { pixels, width: window.width, height: window.height, left, top };
}

function isSize(one: Size, other: Size): boolean {
  return one.width === other.width && one.height === other.height;
}
