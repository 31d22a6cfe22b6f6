import { ServiceError } from "../../server/errors.js";
import { jpegHead } from "./jpeg.js";
import type { PictureHead } from "./picture-head.js";
import { isPng, pngHead } from "./png.js";
import { webpHead } from "./webp.js";

/** Heads that were read, for as long as their files are there. */
const heads = new WeakMap<Uint8Array, PictureHead>();

/** The head of a PNG, JPEG or WebP file. Throws invalid_image for other files, and for a head that is broken or doubtful. */
export function readHead(bytes: Uint8Array): PictureHead {
  const known = heads.get(bytes);
  if (known !== undefined) {
    return known;
  }
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length === 0) {
    throw new ServiceError("invalid_image", "The picture is empty.");
  }
  const head = isPng(file) ? pngHead(file) : (jpegHead(file) ?? webpHead(file));
  if (head === undefined) {
    throw brokenPicture();
  }
  heads.set(bytes, head);
  return head;
}

/** For whatever is wrong with a file's bytes; callers cannot mend them, whichever it is. */
export function brokenPicture(cause?: unknown): ServiceError {
  return new ServiceError("invalid_image", "This is no PNG, JPEG or WebP picture, or a broken one.", {
    cause,
  });
}
