import { ServiceError } from "../../server/errors.js";
import { jpegHead } from "./jpeg.js";
import { isPng, pngHead } from "./png.js";
import { webpHead } from "./webp.js";

/**
 * What a file says of its picture before anything of it is decompressed. It is the one opinion of a picture's size:
 * limits are held against it, and a decoder that sees another size has been deceived.
 */
export interface PictureHead {
  readonly format: "png" | "jpeg" | "webp";
  /** For messages: "a progressive JPEG". */
  readonly kind: string;
  /** Pixels as stored, before the picture is turned upright. */
  readonly width: number;
  readonly height: number;
  /** Bits of a channel. */
  readonly bitDepth: number;
  /** 1 grey or 2 with alpha, 3 red, green, blue or 4 with alpha or cyan, magenta, yellow, black. */
  readonly channels: number;
  readonly animated: boolean;
  /** Memory that a decoder takes for the whole picture at once; 0 when it goes a few rows at a time. */
  readonly heldBytesPerPixel: number;
}

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
