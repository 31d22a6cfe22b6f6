import type { ImagePreprocess } from "../models/model-config.js";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How a picture is brought to the model's size: scaled to `size`, of which `window` is placed at `left`, `top`. */
export interface Placement {
  readonly size: Size;
  /** What is taken of the scaled picture. */
  readonly window: Size & { readonly left: number; readonly top: number };
  /** Where the window lies in the model's picture; what it leaves uncovered is padding. */
  readonly left: number;
  readonly top: number;
}

/** Where a picture of the given size, upright, goes in what the model takes. */
export function placementOf(picture: Size, config: ImagePreprocess): Placement {
  const { width, height } = config;
  switch (config.fit) {
    case "contain":
    case "height": {
      const size = insideSize(picture, config);
      const middle = config.place !== "start";
      return {
        size,
        window: { left: 0, top: 0, ...size },
        left: middle ? Math.floor((width - size.width) / 2) : 0,
        top: middle ? Math.floor((height - size.height) / 2) : 0,
      };
    }
    case "crop": {
      const size = coveringSize(picture, config);
      return {
        size,
        window: { left: middleOf(size.width - width), top: middleOf(size.height - height), width, height },
        left: 0,
        top: 0,
      };
    }
    default:
      return { size: { width, height }, window: { left: 0, top: 0, width, height }, left: 0, top: 0 };
  }
}

/** The largest size inside the model's picture; with `height`, as high as that, and squeezed when it is too wide. */
function insideSize(picture: Size, config: ImagePreprocess): Size {
  const { width, height, fit } = config;
  const toHeight = height / picture.height;
  const size = scaledBy(
    fit === "height" ? toHeight : Math.min(width / picture.width, toHeight),
    picture,
    config,
  );
  return { width: Math.min(size.width, width), height: Math.min(size.height, height) };
}

/** The size whose shorter side is `shortSide`; without one, the smallest that covers the model's picture. */
function coveringSize(picture: Size, config: ImagePreprocess): Size {
  const { width, height, shortSide } = config;
  const scale =
    shortSide === undefined
      ? Math.max(width / picture.width, height / picture.height)
      : shortSide / Math.min(picture.width, picture.height);
  const size = scaledBy(scale, picture, config);
  return { width: Math.max(size.width, width), height: Math.max(size.height, height) };
}

function scaledBy(scale: number, { width, height }: Size, config: ImagePreprocess): Size {
  return { width: rounded(width * scale, config), height: rounded(height * scale, config) };
}

function rounded(side: number, { rounding, fit }: ImagePreprocess): number {
  // What is whole but for the arithmetic is whole: 3 * (256 / 3) is not.
  const whole = Math.round(side);
  if (Math.abs(side - whole) < 1e-6) {
    return Math.max(1, whole);
  }
  switch (rounding ?? (fit === "crop" ? "floor" : "nearest")) {
    case "floor":
      return Math.max(1, Math.floor(side));
    case "ceil":
      return Math.ceil(side);
    case "nearest":
      return Math.max(1, whole);
  }
}

/** Half of what is cut off, rounded to even as Python does, and with it torchvision. */
function middleOf(spare: number): number {
  const half = Math.floor(spare / 2);
  return spare % 2 === 0 || half % 2 === 0 ? half : half + 1;
}
