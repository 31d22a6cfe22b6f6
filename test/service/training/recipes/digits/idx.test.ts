import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { DataError } from "#service/training/data-error.js";
import { PIXELS, type Digits } from "#service/training/recipes/digits/digits.js";
import { idxDigits } from "#service/training/recipes/digits/idx.js";
import { dataSet, folderOf, imageFile, labelFile } from "./idx-files.js";

function digits(labels: number[]): Digits {
  return {
    count: labels.length,
    pixels: Uint8Array.from({ length: labels.length * PIXELS }, (_, index) => (index * 7) % 256),
    labels: Uint8Array.from(labels),
  };
}

const train = digits([3, 1, 4]);
const heldOut = digits([1, 5]);
const whole = dataSet(train, heldOut);

function renamed(rename: (name: string) => string) {
  return Object.fromEntries(Object.entries(whole).map(([name, content]) => [rename(name), content]));
}

describe("idxDigits", () => {
  it.each([
    ["plain", whole],
    ["gzipped", renamed((name) => `${name}.gz`)],
    ["with a dot", renamed((name) => name.replace("-idx", ".idx"))],
    ["with a dot, gzipped", renamed((name) => `${name.replace("-idx", ".idx")}.gz`)],
  ])("reads the four files, %s", (_, files) => {
    const data = idxDigits(folderOf(files));
    expect(data.train).toEqual(train);
    expect(data.heldOut).toEqual(heldOut);
  });

  const images = "train-images-idx3-ubyte";
  const labels = "t10k-labels-idx1-ubyte";
  it.each([
    ["a magic number of labels", images, labelFile(train), "magic number 0x00000801; it must be 0x00000803"],
    [
      "a magic number of images",
      labels,
      imageFile(heldOut),
      "magic number 0x00000803; it must be 0x00000801",
    ],
    ["images of another size", images, imageFile(train, 14), "images of 14x14 pixels; they must be 28x28"],
    [
      "a short body",
      images,
      imageFile(train).subarray(0, -1),
      "is truncated: it has 2367 bytes, and its header says 2368",
    ],
    [
      "a short header",
      labels,
      labelFile(heldOut).subarray(0, 7),
      "is truncated: it has 7 bytes, and the header alone takes 8",
    ],
    ["no digits", labels, labelFile(digits([])), "holds nothing"],
    ["a label that is no digit", labels, labelFile(digits([1, 10])), "label 1 is 10; it must be 0 to 9"],
    ["other counts", labels, labelFile(digits([1])), "holds 1 labels, but"],
  ])("refuses %s in one sentence that names the file", (_, name, content, sentence) => {
    const folder = folderOf({ ...whole, [name]: content });
    const read = () => idxDigits(folder);
    expect(read).toThrow(DataError);
    expect(read).toThrow(join(folder, name));
    expect(read).toThrow(sentence);
  });

  it("refuses a missing file, a missing folder and a file that is not gzipped as its name says", () => {
    const folder = folderOf(renamed((name) => (name === images ? "elsewhere" : name)));
    expect(() => idxDigits(folder)).toThrow(`There is no file ${join(folder, images)}, nor one with .gz.`);
    expect(() => idxDigits(join(folder, "none"))).toThrow(`${join(folder, "none")} is not a folder`);
    const plain = { ...whole, [images]: Buffer.from("not gzip") };
    const gzipped = folderOf(Object.fromEntries(Object.entries(plain).filter(([name]) => name !== images)));
    expect(() => idxDigits(gzipped)).toThrow(DataError);
  });
});
