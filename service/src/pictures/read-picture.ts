import type { Sharp } from "sharp";
import { ServiceError } from "../server/errors.js";
import { decodeSmallPng, type Pixels } from "./small-png.js";

/** Pixels of a picture at most: 50 megapixels, what large cameras take; more is refused before it is decoded. */
const MAX_PIXELS = 50_000_000;

/** Row-major grey values from 0 to 255. */
export interface GreyPicture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Float32Array;
}

/** A picture ready to be transformed: upright, of one frame. Throws invalid_image when its head cannot be read. */
export async function openPicture(bytes: Uint8Array): Promise<Sharp> {
  if (bytes.byteLength === 0) {
    throw new ServiceError("invalid_image", "The picture is empty.");
  }
  // Loaded with the first picture, so that a server of other models starts without it.
  const { default: sharp } = await import("sharp");
  const picture = sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: "truncated", sequentialRead: true });
  const { format } = await picture.metadata().catch(refuse);
  if (format === "png" || format === "jpeg" || format === "webp") {
    return picture.autoOrient();
  }
  throw new ServiceError("invalid_image", `The picture is ${format}; PNG, JPEG and WebP are read.`);
}

/** For what sharp throws: never its own text, which tells of libraries. */
export function refuse(cause: unknown): never {
  const tooLarge = cause instanceof Error && cause.message.includes("pixel limit");
  throw new ServiceError(
    "invalid_image",
    tooLarge
      ? `The picture has more than ${MAX_PIXELS / 1_000_000} million pixels.`
      : "This is no PNG, JPEG or WebP picture, or a broken one.",
    { cause },
  );
}

/** Grey values, scaled down so that no side is longer than `maxSide`; transparency becomes the colour that contrasts. */
export async function decodeGrey(bytes: Uint8Array, maxSide: number): Promise<GreyPicture> {
  const { width, height, channels, data } =
    decodeSmallPng(bytes, maxSide) ?? (await decodeScaled(bytes, maxSide));
  return { width, height, pixels: channels % 2 === 0 ? flatten(data, channels) : greys(data, channels) };
}

async function decodeScaled(bytes: Uint8Array, maxSide: number): Promise<Pixels> {
  const picture = await openPicture(bytes);
  const { data, info } = await picture
    .resize({ width: maxSide, height: maxSide, fit: "inside", withoutEnlargement: true })
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch(refuse);
  return { width: info.width, height: info.height, channels: info.channels, data };
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
