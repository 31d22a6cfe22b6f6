import { isUtf8 } from "node:buffer";

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether ONNX Runtime keeps a text whole: its binding ends it at a NUL, and writes half of a surrogate pair as another character. */
export const isWholeText = (text: string): boolean => !text.includes("\0") && !LONE_SURROGATE.test(text);

/** The same of the bytes that a text comes in. */
export const isWholeUtf8 = (bytes: Buffer): boolean => !bytes.includes(0) && isUtf8(bytes);
