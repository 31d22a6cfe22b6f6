import { BARE_NUMBER } from "../server/http/bare-numbers.js";

/** How answers in JSON write NaN and infinities: as null, or as the strings that requests may have for them. */
export type NonFinite = "null" | "string";

const WORDS: readonly (readonly [string, number])[] = [
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
];

const VALUES: ReadonlyMap<unknown, number> = new Map<unknown, number>([
  [null, NaN],
  ...WORDS,
  ...WORDS.map(([word, value]) => [`${BARE_NUMBER}${word}`, value] as const),
]);

/** What a JSON value that is no number means where a float is wanted: null is a missing value. Undefined for others. */
export function nonFiniteOf(value: unknown): number | undefined {
  return VALUES.get(value);
}

/** JSON text of a float. */
export function floatJson(value: number, nonFinite: NonFinite): string {
  if (Number.isFinite(value)) {
    return String(value);
  }
  return nonFinite === "null" ? "null" : `"${value}"`;
}
