import { messageOf } from "../../../server/errors.js";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import { DataError } from "../../data-error.js";
import { CLASSES, PIXELS, SIDE, type DataSplit, type Digits } from "./digits.js";

/*
 * The IDX format (yann.lecun.com/exdb/mnist): big-endian 32-bit integers, first the magic number
 * (0x0000, element type 08 for unsigned bytes, number of dimensions), then each dimension's size, then the bytes.
 */
const IMAGES_MAGIC = 0x00000803;
const LABELS_MAGIC = 0x00000801;

/** MNIST's four IDX files in `folder`; the test files are the held-out digits. Throws DataError naming the file. */
export function idxDigits(folder: string): DataSplit {
  const names = listFolder(folder);
  return {
    source: "IDX files of MNIST",
    split: "the data set's own: train files are trained on, t10k files are held out",
    train: readPair(folder, names, "train"),
    heldOut: readPair(folder, names, "t10k"),
  };
}

function listFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    throw new DataError(`${folder} is not a folder that can be read.`, { cause });
  }
}

function readPair(folder: string, names: readonly string[], set: "train" | "t10k"): Digits {
  const images = locate(folder, names, `${set}-images`, "idx3");
  const labels = locate(folder, names, `${set}-labels`, "idx1");
  const pixels = parseImages(readBytes(images), images);
  const classes = parseLabels(readBytes(labels), labels);
  const count = pixels.length / PIXELS;
  if (count !== classes.length) {
    throw new DataError(`${labels} holds ${classes.length} labels, but ${images} holds ${count} images.`);
  }
  return { count, pixels, labels: classes };
}

/** The file as it is distributed (`-idx3-ubyte`) or as some unpackers name it (`.idx3-ubyte`), gzipped or not. */
function locate(folder: string, names: readonly string[], stem: string, kind: "idx3" | "idx1"): string {
  const wanted = ["-", "."].flatMap((separator) =>
    ["", ".gz"].map((suffix) => `${stem}${separator}${kind}-ubyte${suffix}`),
  );
  const name = wanted.find((candidate) => names.includes(candidate));
  if (name === undefined) {
    throw new DataError(`There is no file ${join(folder, `${stem}-${kind}-ubyte`)}, nor one with .gz.`);
  }
  return join(folder, name);
}

function readBytes(file: string): Buffer {
  try {
    const bytes = readFileSync(file);
    return file.endsWith(".gz") ? gunzipSync(bytes) : bytes;
  } catch (cause) {
    const reason = messageOf(cause);
    throw new DataError(`${file} cannot be read: ${reason}.`, { cause });
  }
}

/** Pixels of an IDX image file's bytes; `file` is its name, for messages. Throws DataError. */
export function parseImages(bytes: Buffer, file: string): Uint8Array {
  const [count = 0, height, width] = parseSizes(bytes, file, IMAGES_MAGIC, 3);
  if (height !== SIDE || width !== SIDE) {
    throw new DataError(`${file} holds images of ${width}x${height} pixels; they must be ${SIDE}x${SIDE}.`);
  }
  return parseBody(bytes, file, 16, count * PIXELS);
}

/** Labels of an IDX label file's bytes; `file` is its name, for messages. Throws DataError. */
export function parseLabels(bytes: Buffer, file: string): Uint8Array {
  const [count = 0] = parseSizes(bytes, file, LABELS_MAGIC, 1);
  const labels = parseBody(bytes, file, 8, count);
  const index = labels.findIndex((label) => label >= CLASSES);
  if (index >= 0) {
    throw new DataError(`${file}: label ${index} is ${labels[index]}; it must be 0 to 9.`);
  }
  return labels;
}

function parseSizes(bytes: Buffer, file: string, magic: number, dimensions: number): number[] {
  const header = 4 * (1 + dimensions);
  const found = bytes.length < 4 ? magic : bytes.readUInt32BE(0);
  if (found !== magic) {
    throw new DataError(`${file} starts with the magic number ${hex(found)}; it must be ${hex(magic)}.`);
  }
  if (bytes.length < header) {
    throw new DataError(
      `${file} is truncated: it has ${bytes.length} bytes, and the header alone takes ${header}.`,
    );
  }
  return Array.from({ length: dimensions }, (_, index) => bytes.readUInt32BE(4 * (1 + index)));
}

function parseBody(bytes: Buffer, file: string, header: number, length: number): Uint8Array {
  if (length === 0) {
    throw new DataError(`${file} holds nothing.`);
  }
  if (bytes.length < header + length) {
    throw new DataError(
      `${file} is truncated: it has ${bytes.length} bytes, and its header says ${header + length}.`,
    );
  }
  return new Uint8Array(bytes.subarray(header, header + length));
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}
