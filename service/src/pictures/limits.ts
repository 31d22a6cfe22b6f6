import { ServiceError } from "../server/errors.js";
import type { Size } from "./fit.js";
import type { PictureHead } from "./heads/picture-head.js";

/** Pictures of one request at most, in a form as in JSON: each becomes a row. */
export const MAX_PICTURES = 64;

/** Pixels of one picture at most: a telephone's photograph of 24 megapixels, and some. */
const MAX_PIXELS = 25_000_000;

/** Pixels of a side at most: a row of a picture is held whole, and panoramas are not longer. */
const MAX_SIDE = 32_768;

/** Bytes at most that a picture needs at once; others are decoded a few rows at a time. */
const MAX_HELD_BYTES = 64_000_000;

/** Pixels of all pictures of one request at most: a megapixel for each of as many as there may be. */
const MAX_REQUEST_PIXELS = 64_000_000;

/** Throws invalid_image for a picture that would take more time or memory than one may. */
export function checkPicture(head: PictureHead): void {
  const { width, height } = head;
  if (width * height > MAX_PIXELS) {
    throw new ServiceError("invalid_image", `The picture has more than ${millions(MAX_PIXELS)} pixels.`);
  }
  if (Math.max(width, height) > MAX_SIDE) {
    throw new ServiceError("invalid_image", `A side of the picture has more than ${MAX_SIDE} pixels.`);
  }
  checkHeld(head, head.heldBytesPerPixel, head.kind);
}

/** Throws invalid_image for a picture too large to be held whole at so many bytes a pixel. */
export function checkHeld({ width, height }: PictureHead, bytesPerPixel: number, kind: string): void {
  if (width * height * bytesPerPixel > MAX_HELD_BYTES) {
    const most = (MAX_HELD_BYTES / bytesPerPixel / 1_000_000).toFixed(1);
    throw new ServiceError(
      "invalid_image",
      `The picture has ${width} by ${height} pixels; of ${kind}, which has to be held whole, ${most} million are read.`,
    );
  }
}

/** Throws invalid_image for a picture so narrow that its other side would be endless once it is scaled to cover the model's. */
export function checkScaled(from: Size, to: Size): void {
  if (Math.max(to.width, to.height) > MAX_SIDE) {
    throw new ServiceError(
      "invalid_image",
      `The picture has ${from.width} by ${from.height} pixels; scaled to the model's size, a side would have more than ${MAX_SIDE}.`,
    );
  }
}

/** Throws invalid_image when the pictures of one request are too much together, each for itself being none too large. */
export function checkTogether(heads: readonly PictureHead[]): void {
  const pixels = heads.reduce((sum, { width, height }) => sum + width * height, 0);
  if (pixels > MAX_REQUEST_PIXELS) {
    throw new ServiceError(
      "invalid_image",
      `The request's pictures have more than ${millions(MAX_REQUEST_PIXELS)} pixels together.`,
    );
  }
}

function millions(pixels: number): string {
  return `${pixels / 1_000_000} million`;
}
