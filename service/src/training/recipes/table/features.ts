import type { Plan } from "./plan.js";

/** Deviations beyond which a number is no further away: one that is out of all proportion must not decide alone. */
export const FURTHEST = 10;

/** What the network is given of `rows`, row-major: the same numbers, in the same order, as the graph computes. */
export function featuresOf({ numbers, categories, width }: Plan, rows: Uint32Array): Float32Array {
  const features = new Float32Array(rows.length * width);
  rows.forEach((row, index) => {
    let place = index * width;
    for (const { values, median, mean, scale } of numbers) {
      const value = values[row] ?? NaN;
      const shifted = Math.fround((Number.isNaN(value) ? median : value) - mean);
      features[place++] = Math.max(-FURTHEST, Math.min(FURTHEST, Math.fround(shifted * scale)));
    }
    for (const { values, hasMissing } of numbers) {
      features[place++] = hasMissing && Number.isNaN(values[row]) ? 1 : 0;
    }
    for (const { categories: known, places } of categories) {
      const at = places[row] ?? -1;
      if (at >= 0) {
        features[place + at] = 1;
      }
      place += known.length;
    }
  });
  return features;
}
