import { readFileSync } from "node:fs";
import type { Square } from "./photograph.js";

interface Digit {
  readonly label: string;
  /** Base64. */
  readonly pixels: string;
}

export const digits = JSON.parse(
  readFileSync(new URL("../../../fixtures/digits.json", import.meta.url), "utf8"),
) as Digit[];

export function squareOf({ pixels }: Digit): Square {
  return { side: 28, pixels: Buffer.from(pixels, "base64") };
}
