/** Where requests lie in the hundred percent that shares divide. */

const WHOLE = 100;

/** FNV-1a's prime and first state, 32 bits. */
const PRIME = 0x01000193;
const FIRST = 0x811c9dc5;

/**
 * A point from 0 to below 100 that `text` always has, on every replica and after every start. `salt` moves the points, so
 * that those who are first in one model are not in all of them. No secret: whoever wants a version can name it anyway.
 */
export function pointOf(text: string, salt: string): number {
  return (spread(fold(fold(FIRST, salt), text)) / 2 ** 32) * WHOLE;
}

/** All of the text counts, however long: tokens of one issuer begin alike. The limit of a request's headers bounds it. */
function fold(state: number, text: string): number {
  let hash = state;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), PRIME);
  }
  return hash;
}

/** The last step of MurmurHash3: texts that differ in one character lie apart in all bits. */
function spread(hash: number): number {
  let bits = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

/**
 * Points of requests of which nothing tells who asks: steps by the golden ratio, which fill every part of the whole in
 * proportion to its length and never stray from that by more than a few requests, as points by chance would.
 */
export class EvenPoints {
  /** `at`: where they begin, 0 to below 1. By chance, so that servers that start often do not all begin alike. */
  constructor(private at = Math.random()) {}

  next(): number {
    this.at += GOLDEN_RATIO;
    if (this.at >= 1) {
      this.at -= 1;
    }
    return this.at * WHOLE;
  }
}

/** Takes `percent` of what passes, evenly. */
export class EvenSample {
  private due = 0;

  constructor(private readonly percent: number) {}

  /** Whether the next one is taken. */
  next(): boolean {
    this.due += this.percent;
    if (this.due < WHOLE) {
      return false;
    }
    this.due -= WHOLE;
    return true;
  }
}
