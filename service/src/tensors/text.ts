import { isUtf8 } from "node:buffer";
import { ServiceError } from "../server/errors.js";

/** Texts of one tensor at most: they are handed to the runtime one by one, all at once. */
const MAX_TEXTS = 100_000;

/** Throws invalid_input for more texts than a tensor may have. */
export function checkTextCount(count: number, path: string): void {
  if (count > MAX_TEXTS) {
    throw new ServiceError(
      "invalid_input",
      `${path} has ${count} texts; a request has at most ${MAX_TEXTS} in one input.`,
      {
        path,
      },
    );
  }
}

/** Whether ONNX Runtime keeps a text whole: its binding ends it at a NUL, and writes half of a surrogate pair as another character. */
export function isWholeText(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}

/** The same of the bytes that a text comes in. */
export function isWholeUtf8(bytes: Buffer): boolean {
  return !bytes.includes(0) && isUtf8(bytes);
}
