import { SIDE } from "./digits.js";
import { between, type Random } from "../../random.js";

/** How a digit differs from the way it was written; all zero and scales 1 leave it as it is. */
export interface Distortion {
  /** Radians, clockwise on the screen. */
  readonly rotation: number;
  readonly scaleX: number;
  readonly scaleY: number;
  /** Pixels to the right per pixel upwards. */
  readonly slant: number;
  /** Pixels. */
  readonly shiftX: number;
  readonly shiftY: number;
}

/** MNIST puts a digit's centre of mass on this pixel index, in both directions. */
const CENTER = SIDE / 2;

/** A small distortion, as hands differ: up to 12 degrees, 15 % of size, 0.25 of slant, 1.5 pixels. */
export function drawDistortion(random: Random): Distortion {
  return {
    rotation: between(random, -0.21, 0.21),
    scaleX: between(random, 0.85, 1.15),
    scaleY: between(random, 0.85, 1.15),
    slant: between(random, -0.25, 0.25),
    shiftX: between(random, -1.5, 1.5),
    shiftY: between(random, -1.5, 1.5),
  };
}

/** Writes the distorted `source` (784 values) to `target`, sampling bilinearly; what lies outside is background. */
export function distort(source: ArrayLike<number>, target: Float32Array, distortion: Distortion): void {
  const { rotation, scaleX, scaleY, slant, shiftX, shiftY } = distortion;
  const cosine = Math.cos(rotation);
  const sine = Math.sin(rotation);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      // Where the target's pixel comes from: each step of the distortion undone, last one first.
      const dx = x - CENTER - shiftX;
      const dy = y - CENTER - shiftY;
      const turnedX = (cosine * dx + sine * dy) / scaleX;
      const turnedY = (cosine * dy - sine * dx) / scaleY;
      target[y * SIDE + x] = sample(source, turnedX + slant * turnedY + CENTER, turnedY + CENTER);
    }
  }
}

/** The value at a point between pixels. */
function sample(source: ArrayLike<number>, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const right = x - left;
  const down = y - top;
  const upper = pixel(source, left, top) * (1 - right) + pixel(source, left + 1, top) * right;
  const lower = pixel(source, left, top + 1) * (1 - right) + pixel(source, left + 1, top + 1) * right;
  return upper * (1 - down) + lower * down;
}

function pixel(source: ArrayLike<number>, x: number, y: number): number {
  return x < 0 || y < 0 || x >= SIDE || y >= SIDE ? 0 : (source[y * SIDE + x] ?? 0);
}
