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
