/** Pixels of one side of an MNIST digit. */
export const SIDE = 28;
export const PIXELS = SIDE * SIDE;
export const CLASSES = 10;

/** Digits with their labels: `pixels` holds count x 784 bytes, row-major, 0 is the background, 255 the full stroke. */
export interface Digits {
  readonly count: number;
  readonly pixels: Uint8Array;
  /** 0 to 9, one per digit. */
  readonly labels: Uint8Array;
}

export interface DataSplit {
  /** Where the digits come from and how they were divided, one sentence for people. */
  readonly source: string;
  readonly split: string;
  readonly train: Digits;
  /** Never trained on. */
  readonly heldOut: Digits;
}

/** The 784 bytes of digit `index`: a view, not a copy. */
export function pixelsOf({ pixels }: Digits, index: number): Uint8Array {
  return pixels.subarray(index * PIXELS, (index + 1) * PIXELS);
}

/** The digits at `indexes`, in that order, copied. */
export function pick(digits: Digits, indexes: readonly number[]): Digits {
  const pixels = new Uint8Array(indexes.length * PIXELS);
  indexes.forEach((index, position) => pixels.set(pixelsOf(digits, index), position * PIXELS));
  return {
    count: indexes.length,
    pixels,
    labels: Uint8Array.from(indexes, (index) => digits.labels[index] ?? 0),
  };
}
