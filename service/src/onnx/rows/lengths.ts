/**
 * A length, such as a dimension of a tensor, as a polynomial over names: `2*S*B + 1`. The key of a term is its names in
 * order, joined by `*` ("" for the constant); its value is the factor.
 *
 * The first letter of a name tells what is known of it: `B` is the number of rows; `b` depends on the number of rows;
 * `p` does not, and is a length that some tensor has, so at least 1; `u` does not, and may have any value.
 */
export type Length = ReadonlyMap<string, number>;

/** Larger polynomials are given a name of their own, so that no graph makes them grow without bound. */
const MOST_TERMS = 12;
const MOST_NAMES = 12;

export const ZERO: Length = new Map();
export const ONE: Length = new Map([["", 1]]);
/** The number of rows that run together. */
export const BATCH: Length = new Map([["B", 1]]);

export function constant(value: number): Length {
  return value === 0 ? ZERO : new Map([["", value]]);
}

export function named(name: string): Length {
  return new Map([[name, 1]]);
}

/** The value of a length that has no names; undefined for others. */
export function numberIn(length: Length): number | undefined {
  if (length.size === 0) {
    return 0;
  }
  return length.size === 1 ? length.get("") : undefined;
}

export function add(left: Length, right: Length, factor = 1): Length {
  const sum = new Map(left);
  for (const [names, count] of right) {
    const total = (sum.get(names) ?? 0) + factor * count;
    if (total === 0) {
      sum.delete(names);
    } else {
      sum.set(names, total);
    }
  }
  return sum;
}

export function subtract(left: Length, right: Length): Length {
  return add(left, right, -1);
}

export function multiply(left: Length, right: Length): Length {
  let product = ZERO;
  for (const [names, count] of left) {
    const scaled = new Map([...right].map(([others, factor]) => [joinNames(names, others), count * factor]));
    product = add(product, scaled);
  }
  return product;
}

export function productOf(lengths: readonly Length[]): Length {
  return lengths.reduce(multiply, ONE);
}

/** `left / right` when `right` divides it whatever the names stand for; else undefined. */
export function divide(left: Length, right: Length): Length | undefined {
  if (right.size > 0 && isSame(left, right)) {
    return ONE;
  }
  const [term] = right;
  if (right.size !== 1 || term === undefined) {
    return undefined;
  }
  const quotient = new Map<string, number>();
  for (const [names, count] of left) {
    const rest = withoutNames(names, term[0]);
    if (rest === undefined || !Number.isInteger(count / term[1])) {
      return undefined;
    }
    quotient.set(rest, count / term[1]);
  }
  return quotient;
}

/** The product of `above` over the product of `below`, with equal factors struck out first; else undefined. */
export function divideProducts(above: readonly Length[], below: readonly Length[]): Length | undefined {
  const rest = [...above];
  const left: Length[] = [];
  for (const factor of below) {
    const index = rest.findIndex((other) => isSame(other, factor));
    if (index < 0) {
      left.push(factor);
    } else {
      rest.splice(index, 1);
    }
  }
  return divide(productOf(rest), productOf(left));
}

export function isSame(left: Length, right: Length): boolean {
  return (
    left === right ||
    (left.size === right.size && [...left].every(([key, count]) => right.get(key) === count))
  );
}

export function dependsOnBatch(length: Length): boolean {
  return [...length.keys()].some((names) =>
    namesIn(names).some((name) => name[0] === "B" || name[0] === "b"),
  );
}

/** Whether it is at least 1, whatever its names stand for. */
export function isPositive(length: Length): boolean {
  return length.size > 0 && [...length].every(([names, count]) => count >= 1 && areLengths(names));
}

/** Whether it is a whole number, whatever its names stand for. */
export function isWhole(length: Length): boolean {
  return [...length].every(([names, count]) => Number.isInteger(count) && areLengths(names));
}

export function isTooLong(length: Length): boolean {
  return length.size > MOST_TERMS || [...length.keys()].some((names) => namesIn(names).length > MOST_NAMES);
}

/** The same text for the same polynomial. */
export function textOf(length: Length): string {
  return [...length]
    .map(([names, count]) => `${count}${names && "*"}${names}`)
    .sort()
    .join("+");
}

function areLengths(names: string): boolean {
  return !/[bu]/.test(names);
}

function namesIn(names: string): string[] {
  return names === "" ? [] : names.split("*");
}

function joinNames(left: string, right: string): string {
  return [...namesIn(left), ...namesIn(right)].sort().join("*");
}

function withoutNames(names: string, divisors: string): string | undefined {
  const rest = namesIn(names);
  for (const divisor of namesIn(divisors)) {
    const index = rest.indexOf(divisor);
    if (index < 0) {
      return undefined;
    }
    rest.splice(index, 1);
  }
  return rest.join("*");
}
