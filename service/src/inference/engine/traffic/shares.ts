import { DEFAULT_LABEL } from "../../../models/versions.js";

/** A part of the hundred percent: the points from `from` to below `to`. */
interface Part {
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Who gets which requests: config.json's `traffic` laid out over 0 to 100. One of its keys has what the others leave; these
 * grow from the two ends, in turns, so that with up to three keys a share that is raised keeps all the points that it had.
 */
export class Shares {
  private readonly parts: readonly Part[];

  private constructor(
    others: readonly (readonly [string, number])[],
    private readonly rest: string,
  ) {
    let [bottom, top] = [0, 100];
    this.parts = others.map(([key, share], index) => {
      if (index % 2 === 0) {
        const from = bottom;
        bottom += share;
        return { key, from, to: bottom };
      }
      const to = top;
      top -= share;
      return { key, from: top, to };
    });
  }

  /** The order of the keys in config.json does not matter: whoever writes it may change it. */
  static of(traffic: Readonly<Record<string, number>>, labels: Readonly<Record<string, string>>): Shares {
    const rest = restOf(traffic, labels);
    const others = Object.entries(traffic).filter(([key, share]) => key !== rest && share > 0);
    return new Shares(
      others.sort(([left], [right]) => (left < right ? -1 : 1)),
      rest,
    );
  }

  /** The label or version that a point belongs to. */
  keyAt(point: number): string {
    for (const { key, from, to } of this.parts) {
      if (point >= from && point < to) {
        return key;
      }
    }
    return this.rest;
  }
}

/** The key of the stable version; where none is, the one of the largest share. */
function restOf(traffic: Readonly<Record<string, number>>, labels: Readonly<Record<string, string>>): string {
  if (Object.hasOwn(traffic, DEFAULT_LABEL)) {
    return DEFAULT_LABEL;
  }
  const stable = Object.hasOwn(labels, DEFAULT_LABEL) ? labels[DEFAULT_LABEL] : undefined;
  if (stable !== undefined && Object.hasOwn(traffic, stable)) {
    return stable;
  }
  const [largest = ["", 0]] = Object.entries(traffic).sort(
    ([a, left], [b, right]) => right - left || (a < b ? -1 : 1),
  );
  return largest[0];
}
