import { endianness } from "node:os";
import { ServiceError } from "../server/errors.js";
import { isWholeUtf8 } from "./text.js";
import { arrayOf, type FixedDatatype } from "./datatypes.js";
import { takeFloats } from "./spare-floats.js";
import type { Datatype, TensorData } from "./datatypes.js";

// The wire is little-endian and so is every machine that ONNX Runtime has packages for; typed arrays are then the wire format.
if (endianness() !== "LE") {
  throw new Error("This server needs a little-endian machine.");
}

/**
 * Row-major little-endian bytes as tensor data of `length` elements; a view without a copy where alignment allows.
 * Throws invalid_input when there are too few or too many bytes.
 */
export function readBytes(bytes: Uint8Array, datatype: Datatype, length: number, path: string): TensorData {
  if (datatype === "BYTES") {
    return readStrings(bytes, length, path);
  }
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
function readStrings(bytes: Uint8Array, length: number, path: string): string[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const strings: string[] = [];
  let offset = 0;
  while (offset < buffer.length && strings.length < length) {
    const size = offset + 4 <= buffer.length ? buffer.readUInt32LE(offset) : Infinity;
    if (offset + 4 + size > buffer.length) {
      throw stringsFault(path, `element ${strings.length} ends past the data`);
    }
    const element = buffer.subarray(offset + 4, offset + 4 + size);
    if (!isWholeUtf8(element)) {
      throw stringsFault(path, `element ${strings.length} is not UTF-8 text without NUL`);
    }
    strings.push(element.toString("utf8"));
    offset += 4 + size;
  }
  if (strings.length !== length) {
    throw stringsFault(path, `it holds ${strings.length} elements, not ${length}`);
  }
  if (offset !== buffer.length) {
    throw stringsFault(path, `${buffer.length - offset} bytes are left over`);
  }
  return strings;
}

function stringsFault(path: string, reason: string): ServiceError {
  return new ServiceError("invalid_input", `${path} is not valid BYTES data: ${reason}.`, { path });
}

/** The wire format of tensor data: the reverse of `readBytes`. */
export function writeBytes(data: TensorData): Buffer {
  if (!Array.isArray(data)) {
    return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  }
  return Buffer.concat(
    data.flatMap((text) => {
      const bytes = Buffer.from(text, "utf8");
      const size = Buffer.alloc(4);
      size.writeUInt32LE(bytes.length);
      return [size, bytes];
    }),
  );
}
