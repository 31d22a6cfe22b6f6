/**
 * Begins the text that a bare NaN or infinity is read as, so that it is not taken for the same word in quotes where text
 * is wanted. No text of a tensor has it: NUL is refused there.
 */
export const BARE_NUMBER = "\0";

/** Outside of strings, where a value may stand: what Python's json and RapidJSON write for numbers that JSON lacks. */
const TOKENS = /(?<![\w$.+-])-?(?:NaN|Infinity)(?=\s*(?:[,\]}]|$))/g;

/**
 * JSON text whose bare NaN, Infinity and -Infinity are replaced by strings that begin with BARE_NUMBER; undefined when it
 * has none. For what `JSON.parse` refuses: such a text is read twice, in time that grows with its length alone.
 */
export function quoteBareNumbers(text: string): string | undefined {
  const parts: string[] = [];
  let found = false;
  for (let at = 0; at < text.length;) {
    const quote = text.indexOf('"', at);
    const end = quote < 0 ? text.length : quote;
    parts.push(
      text.slice(at, end).replace(TOKENS, (token) => {
        found = true;
        return JSON.stringify(BARE_NUMBER + token);
      }),
    );
    at = quote < 0 ? end : endOfString(text, quote);
    parts.push(text.slice(end, at));
  }
  return found ? parts.join("") : undefined;
}

/** Just behind the string that begins at `quote`; the end of a text in which it does not end. */
function endOfString(text: string, quote: number): number {
  let end = text.indexOf('"', quote + 1);
  while (end >= 0 && isEscaped(text, end)) {
    end = text.indexOf('"', end + 1);
  }
  return end < 0 ? text.length : end + 1;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text[at - 1 - slashes] === "\\") {
    slashes += 1;
  }
  return slashes % 2 === 1;
}
