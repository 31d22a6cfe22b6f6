import type { Sharp } from "sharp";
import { ServiceError } from "../server/errors.js";
import { Gate } from "../server/gate.js";
import { brokenPicture, readHead } from "./heads/head.js";
import type { PictureHead } from "./heads/picture-head.js";
import { checkPicture } from "./limits.js";
import { plainPng } from "./plain-png.js";
import { decodeSmallPng, type Pixels } from "./small-png.js";

/** Pictures that libvips decodes at once, of all requests: it has threads of its own for each, and memory. */
const decoding = new Gate(2);

/** Row-major grey values from 0 to 255. */
export interface GreyPicture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Float32Array;
}

/** A picture ready to be transformed: upright, of one frame. */
export interface OpenPicture {
  readonly head: PictureHead;
  /** Sides once it is upright. */
  readonly width: number;
  readonly height: number;
  readonly picture: Sharp;
}

/** What `finish` makes of a picture, decoded by libvips while few others are. Throws invalid_image. */
export async function decode(bytes: Uint8Array, finish: (open: OpenPicture) => Sharp): Promise<Pixels> {
  const head = readHead(bytes);
  checkPicture(head);
  return decoding.run(async () => {
    const picture = finish(await openPicture(bytes, head));
    const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true }).catch(refuse);
    return { width: info.width, height: info.height, channels: info.channels, data };
  });
}

async function openPicture(bytes: Uint8Array, head: PictureHead): Promise<OpenPicture> {
  // Loaded with the first picture, so that a server of other models starts without it.
  const { default: sharp } = await import("sharp");
  // No two requests have the same picture: what was decoded is not kept.
  sharp.cache(false);
  const picture = sharp(head.format === "png" ? plainPng(bytes) : bytes, {
    limitInputPixels: head.width * head.height,
    failOn: "truncated",
    // Publishers' own pipelines read no colour profile either.
    ignoreIcc: true,
    sequentialRead: true,
    unlimited: false,
    pages: 1,
  });
  const { format, width, height, orientation = 1 } = await picture.metadata().catch(refuse);
  if (format !== head.format || width !== head.width || height !== head.height) {
    throw brokenPicture();
  }
  const lying = orientation >= 5;
  return {
    head,
    width: lying ? height : width,
    height: lying ? width : height,
    picture: picture.autoOrient(),
  };
}

/** For what sharp throws: never its own text, which tells of libraries. */
function refuse(cause: unknown): never {
  throw cause instanceof ServiceError ? cause : brokenPicture(cause);
}

/** Grey values, scaled down so that no side is longer than `maxSide`; transparency becomes the colour that contrasts. */
export async function decodeGrey(bytes: Uint8Array, maxSide: number): Promise<GreyPicture> {
  const { width, height, channels, data } =
    decodeSmallPng(bytes, maxSide) ?? (await decodeScaled(bytes, maxSide));
  return { width, height, pixels: channels % 2 === 0 ? flatten(data, channels) : greys(data, channels) };
}

function decodeScaled(bytes: Uint8Array, maxSide: number): Promise<Pixels> {
  return decode(bytes, ({ picture }) =>
    picture
      .resize({ width: maxSide, height: maxSide, fit: "inside", withoutEnlargement: true })
      .toColourspace("srgb"),
  );
}

function greys(data: Uint8Array, channels: number): Float32Array {
  const values = new Float32Array(data.length / channels);
  for (let pixel = 0; pixel < values.length; pixel += 1) {
    values[pixel] = greyAt(data, channels, pixel);
  }
  return values;
}

/** Grey values of pixels whose last channel is alpha, on white when what is drawn is dark, else on black. */
function flatten(data: Uint8Array, channels: number): Float32Array {
  const alphas = Float32Array.from({ length: data.length / channels }, (_, pixel) =>
    alphaAt(data, channels, pixel),
  );
  const values = greys(data, channels);
  const weight = alphas.reduce((sum, alpha) => sum + alpha, 0);
  const weighted = alphas.reduce((sum, alpha, pixel) => sum + alpha * (values[pixel] ?? 0), 0);
  const paper = weighted < 128 * weight ? 255 : 0;
  return values.map((grey, pixel) => paper + (grey - paper) * (alphas[pixel] ?? 0));
}

function alphaAt(data: Uint8Array, channels: number, pixel: number): number {
  return (data[pixel * channels + channels - 1] ?? 0) / 255;
}

/** Rec. 709 luma, or the one channel that there is. */
function greyAt(data: Uint8Array, channels: number, pixel: number): number {
  const start = pixel * channels;
  const red = data[start] ?? 0;
  if (channels < 3) {
    return red;
  }
  return 0.2126 * red + 0.7152 * (data[start + 1] ?? 0) + 0.0722 * (data[start + 2] ?? 0);
}
