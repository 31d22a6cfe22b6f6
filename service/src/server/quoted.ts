/** Characters of a caller's that an error's text repeats at most: neither logs nor other people's screens are theirs to fill. */
const MOST = 100;

/** A caller's text as far as an error may repeat it. */
export function shortened(text: string): string {
  // Without half of a character at the end.
  return text.length > MOST ? `${text.slice(0, MOST).replace(/[\ud800-\udbff]$/, "")}…` : text;
}

/** The same in quotation marks, without a character that could be taken for something else. */
export function quoted(text: string): string {
  return JSON.stringify(shortened(text));
}
