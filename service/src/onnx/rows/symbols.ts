import { dependsOnBatch, isTooLong, named, numberIn, textOf, type Length } from "./lengths.js";

/** What a name may stand for: see `Length`. */
type Kind = "p" | "u";

/** The names of one analysis. Equal terms get equal names, so that a length computed twice is known as one. */
export class Symbols {
  private readonly names = new Map<string, Length>();
  private count = 0;

  /** A length of some tensor that nothing else is known of. `sized`: it may depend on the number of rows. */
  fresh(sized = false): Length {
    return this.next(sized ? "b" : "p");
  }

  /** The value of `term`, such as `quotient` of two lengths; depends on the number of rows when one of them does. */
  of(kind: Kind, term: string, operands: readonly Length[]): Length {
    const letter = operands.some(dependsOnBatch) ? "b" : kind;
    const key = `${letter} ${term}(${operands.map(textOf).join(",")})`;
    const known = this.names.get(key);
    if (known !== undefined) {
      return known;
    }
    const made = this.next(letter);
    this.names.set(key, made);
    return made;
  }

  /** `length` itself, or a name for it when it has grown long. */
  short(length: Length): Length {
    const value = numberIn(length);
    if (value !== undefined && !Number.isFinite(value)) {
      return this.of("u", "overflow", []);
    }
    return isTooLong(length) ? this.of("u", "long", [length]) : length;
  }

  private next(letter: string): Length {
    this.count += 1;
    return named(`${letter}${this.count}`);
  }
}
