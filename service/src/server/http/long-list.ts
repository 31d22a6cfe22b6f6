/** A list of JSON values in parts, for more of them than one array could take in without being copied for long as it grows. */
export class LongList {
  length = 0;
  readonly parts: (readonly unknown[])[] = [];

  constructor(items: readonly unknown[]) {
    this.add(items);
  }

  add(items: readonly unknown[]): void {
    if (items.length > 0) {
      this.parts.push(items);
      this.length += items.length;
    }
  }

  /** As an array's: here for its first item. */
  at(index: number): unknown {
    return this.parts.at(0)?.at(index);
  }
}

/** A list as JSON bodies have it. */
export type JsonList = readonly unknown[] | LongList;

/** Whether a value of a JSON body is a list. */
export function isList(value: unknown): value is JsonList {
  return Array.isArray(value) || value instanceof LongList;
}

/** The items of a list, in one part or several. */
export function partsOf(list: JsonList): readonly (readonly unknown[])[] {
  return list instanceof LongList ? list.parts : [list];
}
