import { randomBytes } from "node:crypto";
import { ServiceError } from "../errors.js";
import { giveTurn } from "../turns.js";
import { JsonScanner, MAX_CONTAINERS } from "./json-scanner.js";
import { LongList } from "./long-list.js";

/** Bytes that are parsed at once: a millisecond's work, or a few if they are lists of next to nothing. */
const PIECE_BYTES = 64 * 1024;

/** Stands for the key under which a list or an object goes on that began in an earlier piece; no body has it by chance. */
const GOES_ON = randomBytes(16).toString("hex");

type Dictionary = Record<string, unknown>;

/** A list or an object that is not complete yet. */
type Open = unknown[] | LongList | Dictionary;

/**
 * The value of the JSON text from byte `start` of a body on, parsed piece by piece with turns of the event loop between them.
 * It is cut at commas. The brackets that are open where a piece begins and where it ends make JSON of it, and what `parse`
 * makes of that goes into the lists and objects that were open. A list of more items than there can be lists is a LongList.
 * Throws invalid_json, and what JsonScanner throws.
 */
export async function parseLarge(
  body: Buffer,
  start: number,
  parse: (text: string) => unknown,
): Promise<unknown> {
  const scanner = new JsonScanner(body, start);
  let open: Open[] = [];
  // The outermost is one of a list like any other.
  const root: unknown[] = [];
  for (let from = start, isCut = true; isCut; from = scanner.at) {
    scanner.lowest = open.length;
    isCut = await nextCut(scanner, from + PIECE_BYTES, body.length);
    const to = isCut ? scanner.at - 1 : body.length;
    const text = opening(open) + body.toString("utf8", from, to) + (isCut ? closing(scanner) : "");
    const piece = parsePiece(text, parse, from, to);
    if (open.length === 0) {
      root.push(piece);
    } else {
      putInto(open, piece);
    }
    open = stillOpen(open, root, scanner, body);
    await giveTurn();
  }
  return root.at(0);
}

/** Reads on to just behind a comma from byte `from` on; false when there is none. */
async function nextCut(scanner: JsonScanner, from: number, length: number): Promise<boolean> {
  while (scanner.at < length) {
    if (scanner.advance(from, Math.min(scanner.at + 2 * PIECE_BYTES, length))) {
      return true;
    }
    await giveTurn();
  }
  if (scanner.open.length > 0) {
    throw new ServiceError(
      "invalid_json",
      "The request body is not valid JSON: it ends before its lists and objects do.",
    );
  }
  return false;
}

function opening(open: readonly Open[]): string {
  const brackets = open.map((container, level) => {
    if (isListOf(container)) {
      return "[";
    }
    return level === open.length - 1 ? "{" : `{"${GOES_ON}":`;
  });
  return brackets.join("");
}

function isListOf(container: Open): container is unknown[] | LongList {
  return Array.isArray(container) || container instanceof LongList;
}

function closing({ open }: JsonScanner): string {
  return open
    .map(({ isObject }) => (isObject ? "}" : "]"))
    .reverse()
    .join("");
}

function parsePiece(text: string, parse: (text: string) => unknown, from: number, to: number): unknown {
  try {
    return parse(text);
  } catch (cause) {
    // The parser's own words would be about the piece, with places in it.
    throw new ServiceError(
      "invalid_json",
      `The request body is not valid JSON: there is a fault in bytes ${from} to ${to}.`,
      { cause },
    );
  }
}

/** Adds what a piece has on each level to the list or object that is open there. */
function putInto(open: readonly Open[], piece: unknown): void {
  let part = piece;
  for (const [level, container] of open.entries()) {
    const goesOn = level < open.length - 1;
    if (isListOf(container)) {
      const items = part as unknown[];
      part = goesOn ? items.shift() : undefined;
      append(container, items);
    } else {
      const { [GOES_ON]: rest, ...entries } = part as Dictionary;
      for (const [key, value] of Object.entries(entries)) {
        define(container, key, value);
      }
      part = rest;
    }
  }
}

function append(list: unknown[] | LongList, items: readonly unknown[]): void {
  if (list instanceof LongList) {
    list.add(items);
    return;
  }
  for (const item of items) {
    list.push(item);
  }
}

/** As JSON.parse does, also for the key `__proto__`. */
function define(container: Dictionary, key: string, value: unknown): void {
  Object.defineProperty(container, key, { value, configurable: true, enumerable: true, writable: true });
}

/** The lists and objects that are not complete where the scanner stands: those that were there all the time, and the last in them. */
function stillOpen(before: readonly Open[], root: unknown[], scanner: JsonScanner, body: Buffer): Open[] {
  const open: Open[] = [];
  for (const level of scanner.open.keys()) {
    const parent = open.at(-1) ?? root;
    const place = scanner.open[level - 1];
    const key = (): string => JSON.parse(body.toString("utf8", place?.keyFrom, place?.keyTo)) as string;
    const kept = level < scanner.lowest ? before[level] : undefined;
    const container = kept ?? (lastOf(parent, key) as Open);
    if (Array.isArray(container) && container.length > MAX_CONTAINERS) {
      const long = new LongList(container);
      replaceLast(parent, key, long);
      open.push(long);
    } else {
      open.push(container);
    }
  }
  return open;
}

/** What came last into a list, or under that key into an object. */
function lastOf(parent: Open, key: () => string): unknown {
  if (parent instanceof LongList) {
    return parent.parts.at(-1)?.at(-1);
  }
  return Array.isArray(parent) ? parent.at(-1) : parent[key()];
}

function replaceLast(parent: Open, key: () => string, value: LongList): void {
  if (parent instanceof LongList) {
    return;
  }
  if (Array.isArray(parent)) {
    parent[parent.length - 1] = value;
  } else {
    define(parent, key(), value);
  }
}
