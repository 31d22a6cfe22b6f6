import { isUtf8 } from "node:buffer";

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether ONNX Runtime keeps a text whole: its binding ends it at a NUL, and writes half of a surrogate pair as another character. */
export function isWholeText(text: string): boolean {
  return !text.includes("\0") && !LONE_SURROGATE.test(text);
}

/** The same of the bytes that a text comes in. */
export function isWholeUtf8(bytes: Buffer): boolean {
  return !bytes.includes(0) && isUtf8(bytes);
}
