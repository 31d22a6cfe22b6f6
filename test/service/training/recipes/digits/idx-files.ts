import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import type { Digits } from "#service/training/recipes/digits/digits.js";

function header(...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length);
  numbers.forEach((number, index) => bytes.writeUInt32BE(number, 4 * index));
  return bytes;
}

/** An IDX file of images: 28x28 unless told. */
export function imageFile({ count, pixels }: Digits, side = 28): Buffer {
  return Buffer.concat([header(0x803, count, side, side), pixels]);
}

/** An IDX file of labels. */
export function labelFile({ count, labels }: Digits): Buffer {
  return Buffer.concat([header(0x801, count), labels]);
}

/** The four files of a data set, plain, under the names they are distributed with. */
export function dataSet(train: Digits, heldOut: Digits): Record<string, Buffer> {
  return {
    "train-images-idx3-ubyte": imageFile(train),
    "train-labels-idx1-ubyte": labelFile(train),
    "t10k-images-idx3-ubyte": imageFile(heldOut),
    "t10k-labels-idx1-ubyte": labelFile(heldOut),
  };
}

/** A new folder that holds `files`; a name that ends in .gz gets its content gzipped. */
export function folderOf(files: Readonly<Record<string, Buffer>>): string {
  const folder = mkdtempSync(join(tmpdir(), "digits-"));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), name.endsWith(".gz") ? gzipSync(content) : content);
  }
  return folder;
}
