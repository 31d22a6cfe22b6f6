import { endianness } from "node:os";
import { ServiceError } from "../server/errors.js";
import { giveTurn } from "../server/turns.js";
import { checkTextCount, isWholeUtf8 } from "./text.js";
import { arrayOf, type FixedDatatype } from "./datatypes.js";
import { takeFloats } from "./spare-floats.js";
import type { Datatype, TensorData } from "./datatypes.js";

// The wire is little-endian and so is every machine that ONNX Runtime has packages for; typed arrays are then the wire format.
if (endianness() !== "LE") {
  throw new Error("This server needs a little-endian machine.");
}

/** Texts between two chances for the event loop to turn. */
const A_SLICE = 4096;

/**
 * Row-major little-endian bytes as tensor data of `length` elements; a view without a copy where alignment allows.
 * Rejects with invalid_input when there are too few or too many bytes.
 */
export async function readBytes(
  bytes: Uint8Array,
  datatype: Datatype,
  length: number,
  path: string,
): Promise<TensorData> {
  return datatype === "BYTES" ? readTexts(bytes, length, path) : readNumbers(bytes, datatype, length, path);
}

/** The same for elements that all take the same number of bytes. Throws. */
export function readNumbers(
  bytes: Uint8Array,
  datatype: FixedDatatype,
  length: number,
  path: string,
): TensorData {
  const expected = length * arrayOf(datatype).BYTES_PER_ELEMENT;
  if (bytes.byteLength !== expected) {
    throw new ServiceError(
      "invalid_input",
      `${path} has ${bytes.byteLength} bytes; ${length} values of ${datatype} are ${expected} bytes.`,
      { path },
    );
  }
  return viewOf(bytes, datatype, length);
}

function viewOf(bytes: Uint8Array, datatype: FixedDatatype, length: number): TensorData {
  if (bytes.byteOffset % arrayOf(datatype).BYTES_PER_ELEMENT === 0) {
    return new (arrayOf(datatype))(bytes.buffer, bytes.byteOffset, length);
  }
  const copy = datatype === "FP32" ? takeFloats(length) : new (arrayOf(datatype))(length);
  new Uint8Array(copy.buffer, copy.byteOffset, copy.byteLength).set(bytes);
  return copy;
}

/** Each element is its length as 4 bytes, then its UTF-8 text. */
async function readTexts(bytes: Uint8Array, length: number, path: string): Promise<string[]> {
  checkTextCount(length, path);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts: string[] = [];
  let offset = 0;
  while (offset < buffer.length && texts.length < length) {
    const size = offset + 4 <= buffer.length ? buffer.readUInt32LE(offset) : Infinity;
    if (offset + 4 + size > buffer.length) {
      throw textsFault(path, `element ${texts.length} ends past the data`);
    }
    const element = buffer.subarray(offset + 4, offset + 4 + size);
    if (!isWholeUtf8(element)) {
      throw textsFault(path, `element ${texts.length} is not UTF-8 text without NUL`);
    }
    texts.push(element.toString("utf8"));
    offset += 4 + size;
    if (texts.length % A_SLICE === 0) {
      await giveTurn();
    }
  }
  if (texts.length !== length) {
    throw textsFault(path, `it holds ${texts.length} elements, not ${length}`);
  }
  if (offset !== buffer.length) {
    throw textsFault(path, `${buffer.length - offset} bytes are left over`);
  }
  return texts;
}

function textsFault(path: string, reason: string): ServiceError {
  return new ServiceError("invalid_input", `${path} is not valid BYTES data: ${reason}.`, { path });
}

/** The wire format of tensor data: the reverse of `readBytes`. */
export async function writeBytes(data: TensorData): Promise<Buffer> {
  return Array.isArray(data) ? writeTexts(data) : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

async function writeTexts(texts: readonly string[]): Promise<Buffer> {
  const slices: Buffer[] = [];
  for (let from = 0; from < texts.length; from += A_SLICE) {
    slices.push(writeSlice(texts.slice(from, from + A_SLICE)));
    await giveTurn();
  }
  return Buffer.concat(slices);
}

function writeSlice(texts: readonly string[]): Buffer {
  const bytes = Buffer.allocUnsafe(texts.reduce((length, text) => length + 4 + Buffer.byteLength(text), 0));
  let offset = 0;
  for (const text of texts) {
    const size = bytes.write(text, offset + 4);
    offset = bytes.writeUInt32LE(size, offset) + size;
  }
  return bytes;
}
