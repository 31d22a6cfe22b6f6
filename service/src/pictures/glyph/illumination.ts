import type { GreyPicture } from "../read-picture.js";

/** Share of the longer side that strokes may be wide and still count as drawn on the paper, not as paper. */
const WINDOW_SHARE = 0.5;

/** Pixels of the longer side that the light is estimated on: it varies slowly. */
const COARSE_SIDE = 64;

/**
 * Brightness of the paper under bright ink, per pixel: a morphological opening, which takes away what is narrower than
 * its window and keeps slopes of light, on a coarse copy that is interpolated back.
 */
export function illumination({ width, height, pixels }: GreyPicture): Float32Array {
  const step = Math.max(1, Math.ceil(Math.max(width, height) / COARSE_SIDE));
  const coarse = shrink({ width, height, pixels }, step);
  const radius = Math.ceil((Math.max(coarse.width, coarse.height) * WINDOW_SHARE) / 2);
  const opened = sweep(sweep(coarse, radius, 1), radius, -1);
  return enlarge(opened, width, height, step);
}

/** Means of `step` by `step` blocks. */
function shrink({ width, height, pixels }: GreyPicture, step: number): GreyPicture {
  const small = { width: Math.ceil(width / step), height: Math.ceil(height / step) };
  const sums = new Float32Array(small.width * small.height);
  const counts = new Float32Array(sums.length);
  pixels.forEach((pixel, index) => {
    const at =
      Math.floor(Math.floor(index / width) / step) * small.width + Math.floor((index % width) / step);
    sums[at] = (sums[at] ?? 0) + pixel;
    counts[at] = (counts[at] ?? 0) + 1;
  });
  return { ...small, pixels: sums.map((sum, index) => sum / (counts[index] ?? 1)) };
}

/** The lowest (`sign` 1) or highest (-1) value of the square around each pixel, along rows and then along columns. */
function sweep(picture: GreyPicture, radius: number, sign: 1 | -1): GreyPicture {
  const { width, height } = picture;
  const alongRows = lowest(
    picture.pixels.map((pixel) => sign * pixel),
    { count: height, stride: width, length: width, step: 1 },
    radius,
  );
  const alongBoth = lowest(alongRows, { count: width, stride: 1, length: height, step: width }, radius);
  return { width, height, pixels: alongBoth.map((pixel) => sign * pixel) };
}

interface Lines {
  readonly count: number;
  readonly stride: number;
  readonly length: number;
  readonly step: number;
}

/**
 * The lowest value within `radius` of each pixel of some lines, however long that is: a window is the end of a block of
 * its length and the beginning of the next, of both of which the lowest so far is known (van Herk 1992).
 */
function lowest(pixels: Float32Array, { count, stride, length, step }: Lines, radius: number): Float32Array {
  const window = 2 * radius + 1;
  // Beyond a line's ends there is nothing that could be lower.
  const line = new Float32Array(length + 2 * radius).fill(Infinity);
  const sinceStart = new Float32Array(line.length);
  const untilEnd = new Float32Array(line.length);
  const result = new Float32Array(pixels.length);
  // No `?? 0`: every index is in range, and the checks cost as much as the rest.
  for (let each = 0; each < count; each += 1) {
    for (let at = 0; at < length; at += 1) {
      line[radius + at] = pixels[each * stride + at * step] as number;
    }
    for (let at = 0; at < line.length; at += 1) {
      const before = at % window === 0 ? Infinity : (sinceStart[at - 1] as number);
      sinceStart[at] = Math.min(before, line[at] as number);
    }
    for (let at = line.length - 1; at >= 0; at -= 1) {
      const after =
        at === line.length - 1 || (at + 1) % window === 0 ? Infinity : (untilEnd[at + 1] as number);
      untilEnd[at] = Math.min(after, line[at] as number);
    }
    for (let at = 0; at < length; at += 1) {
      result[each * stride + at * step] = Math.min(
        untilEnd[at] as number,
        sinceStart[at + window - 1] as number,
      );
    }
  }
  return result;
}

/** Bilinear, with the coarse values at the middles of their blocks. */
function enlarge(small: GreyPicture, width: number, height: number, step: number): Float32Array {
  const large = new Float32Array(width * height);
  const at = (x: number, y: number): number => small.pixels[y * small.width + x] ?? 0;
  for (let y = 0; y < height; y += 1) {
    const [top, bottom, down] = between((y + 0.5) / step - 0.5, small.height);
    for (let x = 0; x < width; x += 1) {
      const [left, right, across] = between((x + 0.5) / step - 0.5, small.width);
      const upper = at(left, top) * (1 - across) + at(right, top) * across;
      const lower = at(left, bottom) * (1 - across) + at(right, bottom) * across;
      large[y * width + x] = upper * (1 - down) + lower * down;
    }
  }
  return large;
}

function between(position: number, size: number): [first: number, second: number, share: number] {
  const inside = Math.min(Math.max(position, 0), size - 1);
  const first = Math.floor(inside);
  return [first, Math.min(first + 1, size - 1), inside - first];
}

/** The plane that fits the border's brightness best, as a function of x and y: light from one side slopes. */
export function planeThroughBorder({ width, height, pixels }: GreyPicture): (x: number, y: number) => number {
  const rim = Math.max(1, Math.round(Math.min(width, height) * 0.04));
  const middle = { x: (width - 1) / 2, y: (height - 1) / 2 };
  let [count, sum, xx, yy, xv, yv] = [0, 0, 0, 0, 0, 0];
  pixels.forEach((pixel, index) => {
    const column = index % width;
    const row = Math.floor(index / width);
    if (Math.min(column, row, width - 1 - column, height - 1 - row) >= rim) {
      return;
    }
    // About the middle the border is symmetrical, so the three unknowns do not depend on each other.
    const x = column - middle.x;
    const y = row - middle.y;
    count += 1;
    sum += pixel;
    xx += x * x;
    yy += y * y;
    xv += x * pixel;
    yv += y * pixel;
  });
  const slope = { x: xv / (xx || 1), y: yv / (yy || 1) };
  return (x, y) => sum / (count || 1) + slope.x * (x - middle.x) + slope.y * (y - middle.y);
}
