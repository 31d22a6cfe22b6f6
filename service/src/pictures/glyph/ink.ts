import { ServiceError } from "../../server/errors.js";
import type { GreyPicture } from "../read-picture.js";
import { components, type Component } from "./components.js";
import { illumination, planeThroughBorder } from "./illumination.js";
import { levelsOf, meanOf } from "./levels.js";

/** Grey levels that ink differs from its paper at least; less is paper, shadow or noise. */
const LEAST_CONTRAST = 24;

/** The strongest ink is so many standard deviations of the noise above the paper: noise alone reaches three. */
const LEAST_SIGNAL_TO_NOISE = 6;

/** Components smaller than this share of the largest are specks. */
const SPECK_SHARE = 0.04;

/**
 * How much ink is on each pixel, 0 to 1, whichever of ink and paper is brighter and however uneven the light.
 * Throws unprocessable when there is no ink.
 */
export function findInk(picture: GreyPicture): GreyPicture {
  const { width, height, pixels } = picture;
  const bright = hasDarkInk(picture) ? pixels.map((pixel) => 255 - pixel) : pixels;
  const paper = illumination({ width, height, pixels: bright });
  const raised = bright.map((pixel, index) => Math.max(0, pixel - (paper[index] ?? 0)));
  const { paper: base, noise, peak, threshold } = levelsOf(raised);
  if (peak - base < Math.max(LEAST_CONTRAST, LEAST_SIGNAL_TO_NOISE * noise)) {
    throw blank();
  }
  const glyph = glyphOf(components(raised, width, height, threshold));
  if (glyph.length === 0) {
    throw blank();
  }
  const floor = base + 2 * noise;
  const full = Math.max(meanOf(raised.filter((level) => level > threshold)), floor + 1);
  const near = neighbourhood(glyph, width, height);
  const ink = raised.map((level, index) => (near[index] ? clamp((level - floor) / (full - floor)) : 0));
  return { width, height, pixels: ink };
}

function blank(): ServiceError {
  return new ServiceError(
    "unprocessable",
    "The picture is blank: nothing on it differs enough from its background.",
  );
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** True when what stands out from the border's brightness is darker than it. */
function hasDarkInk(picture: GreyPicture): boolean {
  const plane = planeThroughBorder(picture);
  const { width, pixels } = picture;
  const differences = pixels
    .map((pixel, index) => pixel - plane(index % width, Math.floor(index / width)))
    .sort();
  const extreme = Math.max(1, Math.floor(pixels.length * 0.003));
  const darkest = differences[extreme] ?? 0;
  const brightest = differences[differences.length - 1 - extreme] ?? 0;
  return -darkest > brightest;
}

/** The components that make the glyph: no specks, and nothing that comes in from the border beside a whole glyph. */
function glyphOf(all: readonly Component[]): readonly Component[] {
  const largest = (some: readonly Component[]): number => Math.max(0, ...some.map(({ area }) => area));
  const inside = all.filter((component) => !component.touchesBorder);
  const kept = largest(inside) * 10 >= largest(all) ? inside : all;
  const least = largest(kept) * SPECK_SHARE;
  return kept.filter(({ area }) => area >= least);
}

/** Pixels of the components and those up to two pixels away, where their edges fade. */
function neighbourhood(glyph: readonly Component[], width: number, height: number): Uint8Array {
  const near = new Uint8Array(width * height);
  for (const { indices } of glyph) {
    for (const index of indices) {
      const x = index % width;
      const y = Math.floor(index / width);
      for (let row = Math.max(0, y - 2); row <= Math.min(height - 1, y + 2); row += 1) {
        near.fill(1, row * width + Math.max(0, x - 2), row * width + Math.min(width - 1, x + 2) + 1);
      }
    }
  }
  return near;
}
