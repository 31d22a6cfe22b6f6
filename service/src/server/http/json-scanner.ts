import { ServiceError } from "../errors.js";

/** Lists and objects within one another at most; tensors have 16 dimensions at most. */
const MAX_DEPTH = 32;

/** Lists and objects of a body at most: each takes some fifty bytes of memory, however short it is. */
export const MAX_CONTAINERS = 250_000;

/** Of these, empty ones at most: no tensor of use has many. */
const MAX_EMPTY = 1000;

/** Keys of one object at most; there are models with some thousand inputs. */
const MAX_KEYS = 10_000;

/** Characters of a number at most: a 64-bit float written with all its digits has fewer. */
const MAX_NUMBER = 1000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** What stands before the place that is looked at. */
type Before = "value" | "opening" | "comma" | "colon";

/** An open list or object. */
interface Container {
  readonly isObject: boolean;
  keys: number;
  /** Where the last key of an object is, with its quotes. */
  keyFrom: number;
  keyTo: number;
}

/**
 * Reads JSON text byte by byte, without making anything of it: how it is nested, where it may be cut, and whether it is
 * within the limits, so that what would be dear is refused before it is paid for. Throws invalid_input for what is beyond
 * a limit, and invalid_json for commas and brackets in places where there can be none; other faults are the parser's.
 */
export class JsonScanner {
  /** The lists and objects that are open at `at`, from the outermost. */
  readonly open: Container[] = [];
  /** How many of them were there all the time since this was last set. */
  lowest = 0;

  private before: Before = "opening";
  private inString = false;
  private stringFrom = 0;
  private bare = 0;
  private containers = 0;
  private empty = 0;

  constructor(
    private readonly body: Buffer,
    public at: number,
  ) {}

  /** Reads on to just behind the first comma from byte `from` on, but no further than `end`; whether there was one. */
  advance(from: number, end: number): boolean {
    const { body } = this;
    for (; this.at < end; this.at += 1) {
      const byte = body[this.at] ?? 0;
      if (this.inString) {
        this.readText(byte);
      } else if (byte > COMMA && byte < COLON) {
        // Digits, points and signs: most of what there is.
        this.readBare();
      } else if (byte === COMMA && this.at >= from) {
        this.readMark(byte);
        this.at += 1;
        return true;
      } else if (byte > 0x20) {
        this.readMark(byte);
      }
    }
    return false;
  }

  private readText(byte: number): void {
    if (byte === QUOTE) {
      this.inString = false;
      this.before = "value";
    } else if (byte === BACKSLASH) {
      this.at += 1;
    }
  }

  /** A part of a number or of a word. */
  private readBare(): void {
    this.bare += 1;
    this.before = "value";
    if (this.bare > MAX_NUMBER) {
      throw this.beyond(`a number of more than ${MAX_NUMBER} characters`);
    }
  }

  private readMark(byte: number): void {
    switch (byte) {
      case QUOTE:
        this.expect(this.before !== "value", byte);
        this.inString = true;
        this.stringFrom = this.at;
        return;
      case OPEN_LIST:
      case OPEN_OBJECT:
        return this.enter(byte);
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        return this.leave(byte);
      case COMMA:
        this.expect(this.before === "value" && this.open.length > 0, byte);
        this.before = "comma";
        this.bare = 0;
        return;
      case COLON:
        return this.readKey(byte);
      default:
        this.readBare();
    }
  }

  private enter(byte: number): void {
    this.expect(this.before !== "value", byte);
    this.containers += 1;
    if (this.open.length === MAX_DEPTH) {
      throw this.beyond(`lists and objects nested more than ${MAX_DEPTH} deep`);
    }
    if (this.containers > MAX_CONTAINERS) {
      throw this.beyond(`more than ${MAX_CONTAINERS} lists and objects`);
    }
    this.open.push({ isObject: byte === OPEN_OBJECT, keys: 0, keyFrom: 0, keyTo: 0 });
    this.before = "opening";
  }

  private leave(byte: number): void {
    const left = this.open.pop();
    const isEmpty = this.before === "opening";
    this.expect(left?.isObject === (byte === CLOSE_OBJECT) && (isEmpty || this.before === "value"), byte);
    this.empty += isEmpty ? 1 : 0;
    if (this.empty > MAX_EMPTY) {
      throw this.beyond(`more than ${MAX_EMPTY} empty lists and objects`);
    }
    this.lowest = Math.min(this.lowest, this.open.length);
    this.before = "value";
    this.bare = 0;
  }

  private readKey(byte: number): void {
    const container = this.open.at(-1);
    if (!container?.isObject || this.before !== "value") {
      throw this.misplaced(byte);
    }
    container.keys += 1;
    if (container.keys > MAX_KEYS) {
      throw this.beyond(`an object with more than ${MAX_KEYS} keys`);
    }
    container.keyFrom = this.stringFrom;
    container.keyTo = this.at;
    this.before = "colon";
    this.bare = 0;
  }

  private expect(isRight: boolean, byte: number): void {
    if (!isRight) {
      throw this.misplaced(byte);
    }
  }

  private misplaced(byte: number): ServiceError {
    return new ServiceError(
      "invalid_json",
      `The request body is not valid JSON: there can be no '${String.fromCharCode(byte)}' at byte ${this.at}.`,
    );
  }

  private beyond(limit: string): ServiceError {
    return new ServiceError("invalid_input", `The request body has ${limit} (seen at byte ${this.at}).`);
  }
}
