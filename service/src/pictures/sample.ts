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
  const { channels } = picture;
  const columns = taps(
    { from: picture.width, to: size.width, first: window.left, count: window.width },
    filter,
  );
  const rows = taps(
    { from: picture.height, to: size.height, first: window.top, count: window.height },
    filter,
  );
  const stride = window.width * channels;
  const pixels = new Uint8ClampedArray(window.height * stride);
  const sums = new Float32Array(stride);
  // Lines of the original, scaled along: those that the row before was made of, too, are not made again.
  let lines = new Map<number, Float32Array>();
  rows.forEach(({ positions, weights }, y) => {
    const used = new Map<number, Float32Array>();
    sums.fill(0);
    positions.forEach((position, tap) => {
      const line = used.get(position) ?? lines.get(position) ?? lineOf(picture, position, columns);
      used.set(position, line);
      const weight = weights[tap] as number;
      for (let at = 0; at < stride; at += 1) {
        sums[at] = (sums[at] as number) + weight * (line[at] as number);
      }
    });
    lines = used;
    pixels.set(sums, y * stride);
  });
  return new Uint8Array(pixels.buffer);
}

function lineOf({ width, channels, data }: Pixels, y: number, columns: readonly Taps[]): Float32Array {
  const line = new Float32Array(columns.length * channels);
  const start = y * width;
  columns.forEach(({ positions, weights }, x) => {
    for (let tap = 0; tap < positions.length; tap += 1) {
      const source = (start + (positions[tap] as number)) * channels;
      const weight = weights[tap] as number;
      for (let channel = 0; channel < channels; channel += 1) {
        const at = x * channels + channel;
        line[at] = (line[at] as number) + weight * (data[source + channel] as number);
      }
    }
  });
  return line;
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
