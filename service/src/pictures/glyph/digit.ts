import type { ImagePreprocess } from "../../models/model-config.js";
import { decodeGrey } from "../read-picture.js";
import { findInk } from "./ink.js";
import { isConventional, normalise } from "./normalise.js";

/** Pixels of the longer side that a picture is worked on at; a glyph of a twelfth of it still fills its box. */
const WORKING_SIDE = 128;

/** Share of the shorter side that a glyph's box takes when config.json does not say: MNIST's 20 of 28 pixels. */
const DEFAULT_BOX = 20 / 28;

/**
 * A drawn or photographed glyph as MNIST has its digits (LeCun et al., http://yann.lecun.com/exdb/mnist/): bright on
 * dark, scaled to a box with its aspect kept, centred by mass. Pixels from 0 to 255, row by row.
 * A picture that is already so is passed on. Throws invalid_image; unprocessable when there is no glyph.
 */
export async function fitDigit(bytes: Uint8Array, config: ImagePreprocess): Promise<Uint8Array> {
  const { width, height } = config;
  const box = config.box ?? Math.round(Math.min(width, height) * DEFAULT_BOX);
  const frame = { width, height, box };
  const picture = await decodeGrey(bytes, WORKING_SIDE);
  if (isConventional(picture, frame)) {
    return Uint8Array.from(picture.pixels);
  }
  return normalise(findInk(picture), frame);
}
