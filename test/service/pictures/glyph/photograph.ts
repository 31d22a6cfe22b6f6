import sharp, { type Sharp } from "sharp";

/** Grey pixels of a square picture, row by row. */
export interface Square {
  readonly side: number;
  readonly pixels: Uint8Array;
}

export interface Scene {
  /** Pixels of the photograph's side, of the glyph in it, and where the glyph begins. */
  readonly side: number;
  readonly glyph: number;
  readonly left: number;
  readonly top: number;
  /** Brightness of the paper in the top left and the bottom right corner, 0 to 255: light falls unevenly. */
  readonly light: readonly [number, number];
  /** Brightness of the ink as a share of the paper's. */
  readonly ink: number;
  /** Standard deviation of the sensor's noise, in grey levels. */
  readonly noise: number;
}

export function toSharp({ side, pixels }: Square): Sharp {
  return sharp(pixels, { raw: { width: side, height: side, channels: 1 } });
}

export async function enlarged(square: Square, side: number): Promise<Square> {
  const pixels = await toSharp(square)
    .resize(side, side, { kernel: "cubic" })
    .toColourspace("b-w")
    .raw()
    .toBuffer();
  return { side, pixels };
}

/** Evenly spread numbers from 0 to 1, the same in every run (Park and Miller's generator). */
function numbers(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** A JPEG of bright glyph pixels written with ink on paper under uneven light, with noise. */
export async function photograph(glyph: Square, scene: Scene): Promise<Buffer> {
  const { side, left, top, light, ink, noise } = scene;
  const written = await enlarged(glyph, scene.glyph);
  const random = numbers();
  const gauss = (): number => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  const pixels = Uint8Array.from({ length: side * side }, (_, index) => {
    const [x, y] = [index % side, Math.floor(index / side)];
    const paper = light[0] + ((light[1] - light[0]) * (x + y)) / (2 * side);
    const inside = x >= left && y >= top && x < left + scene.glyph && y < top + scene.glyph;
    const cover = inside ? (written.pixels[(y - top) * scene.glyph + (x - left)] ?? 0) / 255 : 0;
    return Math.min(255, Math.max(0, paper * (1 - cover + cover * ink) + noise * gauss()));
  });
  return toSharp({ side, pixels }).jpeg({ quality: 80 }).toBuffer();
}
