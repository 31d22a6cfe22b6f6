import type { GreyPicture } from "../read-picture.js";

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Longest side of the glyph. */
  readonly box: number;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Share of full ink from which a pixel belongs to the glyph's extent. */
const EDGE = 0.25;

/** Whether grey values (0 to 255) already are bright on dark, of the frame's size, boxed and centred by mass. */
export function isConventional(picture: GreyPicture, frame: Frame): boolean {
  const { width, height, pixels } = picture;
  if (width !== frame.width || height !== frame.height) {
    return false;
  }
  const brightest = pixels.reduce((a, b) => Math.max(a, b), 0);
  if (brightest < 128 || brightestOnRim(picture) > brightest * 0.1) {
    return false;
  }
  const extent = extentOf(picture, brightest * EDGE);
  const longest = Math.max(extent.width, extent.height);
  const mass = centreOfMass(picture);
  const offCentre = Math.max(Math.abs(mass.x - (width - 1) / 2), Math.abs(mass.y - (height - 1) / 2));
  return longest >= frame.box - 3 && longest <= frame.box + 1 && offCentre <= 1.5;
}

function brightestOnRim({ width, height, pixels }: GreyPicture): number {
  let brightest = 0;
  const look = (at: number): void => {
    brightest = Math.max(brightest, pixels[at] ?? 0);
  };
  for (let x = 0; x < width; x += 1) {
    [x, (height - 1) * width + x].forEach(look);
  }
  for (let y = 0; y < height; y += 1) {
    [y * width, (y + 1) * width - 1].forEach(look);
  }
  return brightest;
}

/** Ink (0 to 1) cropped, scaled to the frame's box with its aspect kept, and centred by mass; pixels 0 to 255. */
export function normalise(ink: GreyPicture, frame: Frame): Uint8Array {
  const extent = extentOf(ink, EDGE);
  const scale = frame.box / Math.max(extent.width, extent.height);
  const glyph = resample(ink, extent, scale);
  const brightest = glyph.pixels.reduce((a, b) => Math.max(a, b), 0) || 1;
  const mass = centreOfMass(glyph);
  const left = placed(mass.x, glyph.width, frame.width);
  const top = placed(mass.y, glyph.height, frame.height);
  const pixels = new Uint8Array(frame.width * frame.height);
  glyph.pixels.forEach((value, index) => {
    const x = left + (index % glyph.width);
    const y = top + Math.floor(index / glyph.width);
    pixels[y * frame.width + x] = Math.round((255 * value) / brightest);
  });
  return pixels;
}

/** Where a side begins so that its centre of mass is in the middle, as far as the frame allows. */
function placed(mass: number, size: number, frame: number): number {
  return Math.min(Math.max(Math.round((frame - 1) / 2 - mass), 0), frame - size);
}

/** The smallest box around all pixels above `least`; the whole picture when there is none. */
export function extentOf({ width, height, pixels }: GreyPicture, least: number): Box {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 1) {
      if ((pixels[at] ?? 0) <= least) {
        continue;
      }
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  if (right < 0) {
    return { left: 0, top: 0, width, height };
  }
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** Mean position of the pixels, weighted by their values. */
export function centreOfMass({ width, height, pixels }: GreyPicture): { x: number; y: number } {
  let [mass, momentX, momentY] = [0, 0, 0];
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 1) {
      const pixel = pixels[at] ?? 0;
      mass += pixel;
      momentX += pixel * x;
      momentY += pixel * y;
    }
  }
  return { x: momentX / (mass || 1), y: momentY / (mass || 1) };
}

/** The box of a picture, scaled: a triangle filter as wide as a target pixel, so that thin strokes fade but stay. */
function resample(picture: GreyPicture, box: Box, scale: number): GreyPicture {
  const width = Math.max(1, Math.round(box.width * scale));
  const height = Math.max(1, Math.round(box.height * scale));
  const columns = Array.from({ length: width }, (_, x) => taps(x, scale, box.left, picture.width));
  const rows = Array.from({ length: height }, (_, y) => taps(y, scale, box.top, picture.height));
  const pixels = new Float32Array(width * height);
  rows.forEach((row, y) =>
    columns.forEach((column, x) => {
      let sum = 0;
      for (const [sourceY, weightY] of row) {
        for (const [sourceX, weightX] of column) {
          sum += weightX * weightY * (picture.pixels[sourceY * picture.width + sourceX] ?? 0);
        }
      }
      pixels[y * width + x] = sum;
    }),
  );
  return { width, height, pixels };
}

/** Source positions that a target position is made of, with weights that add up to 1. */
function taps(
  target: number,
  scale: number,
  start: number,
  size: number,
): [position: number, weight: number][] {
  const centre = start + (target + 0.5) / scale - 0.5;
  const reach = Math.max(1, 1 / scale);
  const found: [number, number][] = [];
  for (let at = Math.max(0, Math.ceil(centre - reach)); at <= Math.min(size - 1, centre + reach); at += 1) {
    found.push([at, Math.max(0, 1 - Math.abs(at - centre) / reach)]);
  }
  const total = found.reduce((sum, [, weight]) => sum + weight, 0) || 1;
  return found.map(([at, weight]) => [at, weight / total]);
}
