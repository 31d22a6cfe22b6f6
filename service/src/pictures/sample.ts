import type { Placement } from "./fit.js";
import type { Pixels } from "./small-png.js";

export type Filter = "nearest" | "bilinear" | "bicubic" | "lanczos";

/** A filter's weight at a distance in pixels, and the distance from which it is 0. */
interface Kernel {
  readonly reach: number;
  readonly weight: (distance: number) => number;
}

const KERNELS: Readonly<Record<Exclude<Filter, "nearest">, Kernel>> = {
  bilinear: { reach: 1, weight: (distance) => 1 - distance },
  // Keys' with a = -0.5, as Pillow and TensorFlow have it.
  bicubic: {
    reach: 2,
    weight: (distance) =>
      distance < 1
        ? (1.5 * distance - 2.5) * distance * distance + 1
        : ((-0.5 * distance + 2.5) * distance - 4) * distance + 2,
  },
  lanczos: { reach: 3, weight: (distance) => sinc(distance) * sinc(distance / 3) },
};

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/**
 * The window of a picture scaled without antialiasing: every pixel is made of those next to its place in the original,
 * however far apart these are. That takes the same time for a picture of any size.
 */
export function sample(picture: Pixels, { size, window }: Placement, filter: Filter): Uint8Array {
  const { width, channels, data } = picture;
  const columns = taps(
    { from: picture.width, to: size.width, first: window.left, count: window.width },
    filter,
  );
  const rows = taps(
    { from: picture.height, to: size.height, first: window.top, count: window.height },
    filter,
  );
  const pixels = new Uint8Array(window.width * window.height * channels);
  let at = 0;
  for (const row of rows) {
    for (const column of columns) {
      for (let channel = 0; channel < channels; channel += 1, at += 1) {
        let sum = 0;
        for (let y = 0; y < row.weights.length; y += 1) {
          const line = (row.positions[y] as number) * width;
          const down = row.weights[y] as number;
          for (let x = 0; x < column.weights.length; x += 1) {
            const source = (line + (column.positions[x] as number)) * channels + channel;
            sum += down * (column.weights[x] as number) * (data[source] as number);
          }
        }
        pixels[at] = Math.min(255, Math.max(0, Math.round(sum)));
      }
    }
  }
  return pixels;
}

/** Pixels of the original that one of the scaled picture is made of, along a side, with weights that add up to 1. */
interface Taps {
  readonly positions: Int32Array;
  readonly weights: Float64Array;
}

interface Side {
  /** Pixels of the original's side, and of the scaled one's. */
  readonly from: number;
  readonly to: number;
  /** The first pixel of the scaled side that is wanted, and how many are. */
  readonly first: number;
  readonly count: number;
}

function taps({ from, to, first, count }: Side, filter: Filter): Taps[] {
  return Array.from({ length: count }, (_, index) => {
    const place = ((first + index + 0.5) * from) / to;
    if (filter === "nearest") {
      return { positions: Int32Array.of(Math.min(from - 1, Math.floor(place))), weights: Float64Array.of(1) };
    }
    const { reach, weight } = KERNELS[filter];
    const centre = place - 0.5;
    const start = Math.floor(centre) - reach + 1;
    const offsets = Array.from({ length: 2 * reach }, (__, offset) => start + offset);
    const weights = offsets.map((position) => weight(Math.min(reach, Math.abs(position - centre))));
    const total = weights.reduce((sum, value) => sum + value, 0);
    return {
      // Beyond the edges the outermost pixels go on.
      positions: Int32Array.from(offsets, (position) => Math.min(from - 1, Math.max(0, position))),
      weights: Float64Array.from(weights, (value) => value / total),
    };
  });
}
