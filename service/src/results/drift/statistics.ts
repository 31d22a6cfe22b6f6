import { chiSquaredSurvival, kolmogorovSurvival, smirnovSurvival } from "./distributions.js";

/** How many values each side has. */
export interface Sizes {
  readonly reference: number;
  readonly current: number;
}

/** How far apart two distributions are. */
export interface Distance {
  readonly value: number;
  readonly n: Sizes;
}

/** The same with the probability that it is at least so much by chance. */
export interface Tested extends Distance {
  readonly p: number;
}

/** How often each category, or each bin, occurred on both sides: lists of the same length. */
export interface Counts {
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

/**
 * What is added to each count for the population stability index: it would be infinite for a category that one side
 * does not have.
 */
const ADDED = 0.5;

/** The population stability index. Below 0.1 is usually taken for no change, above 0.25 for a large one. */
export function stabilityIndex(counts: Counts): Distance {
  const reference = shares(counts.reference, ADDED);
  const current = shares(counts.current, ADDED);
  const value = reference.reduce((sum, share, index) => {
    const other = current[index] ?? 0;
    return sum + (other - share) * Math.log(other / share);
  }, 0);
  return { value, n: sizesOf(counts) };
}

/** The Jensen-Shannon distance with logarithms to the base 2: from 0, the same, to 1, nothing in common. */
export function jensenShannon(counts: Counts): Distance {
  const reference = shares(counts.reference);
  const current = shares(counts.current);
  const divergence = reference.reduce((sum, share, index) => {
    const other = current[index] ?? 0;
    const middle = (share + other) / 2;
    return sum + information(share, middle) + information(other, middle);
  }, 0);
  return { value: Math.sqrt(Math.max(0, divergence / 2)), n: sizesOf(counts) };
}

function information(share: number, middle: number): number {
  return share === 0 ? 0 : share * Math.log2(share / middle);
}

/** Pearson's chi-squared test of homogeneity. Categories that neither side has do not count. */
export function chiSquared(counts: Counts): Tested & { readonly degreesOfFreedom: number } {
  const n = sizesOf(counts);
  if (isMissing(n)) {
    return { value: 0, n, p: 1, degreesOfFreedom: 0 };
  }
  const rows = counts.reference
    .map((reference, index) => [reference, counts.current[index] ?? 0] as const)
    .filter(([reference, current]) => reference + current > 0);
  const all = n.reference + n.current;
  const value = rows.reduce((sum, [reference, current]) => {
    const expected = ((reference + current) * n.reference) / all;
    const expectedNow = ((reference + current) * n.current) / all;
    return sum + (reference - expected) ** 2 / expected + (current - expectedNow) ** 2 / expectedNow;
  }, 0);
  const degreesOfFreedom = rows.length - 1;
  const p = degreesOfFreedom > 0 ? chiSquaredSurvival(value, degreesOfFreedom) : 1;
  return { value, n, p, degreesOfFreedom };
}

/** Products of the sizes up to which all orders of two samples are counted; beyond, the limit is as good. */
const EXACT = 1_000_000;

/** The two-sample test of Kolmogorov and Smirnov: the largest distance between the cumulative distributions. */
export function kolmogorovSmirnov(reference: readonly number[], current: readonly number[]): Tested {
  const n = { reference: reference.length, current: current.length };
  if (isMissing(n)) {
    return { value: 0, n, p: 1 };
  }
  const value = largestDistance(ascending(reference), ascending(current));
  const product = n.reference * n.current;
  const p =
    product <= EXACT
      ? smirnovSurvival(value, n.reference, n.current)
      : kolmogorovSurvival(value * Math.sqrt(product / (n.reference + n.current)));
  return { value, n, p: Math.min(1, Math.max(0, p)) };
}

function largestDistance(a: Float64Array, b: Float64Array): number {
  let largest = 0;
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const at = Math.min(a[i] ?? 0, b[j] ?? 0);
    while (i < a.length && (a[i] ?? 0) <= at) {
      i += 1;
    }
    while (j < b.length && (b[j] ?? 0) <= at) {
      j += 1;
    }
    largest = Math.max(largest, Math.abs(i / a.length - j / b.length));
  }
  return largest;
}

function ascending(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}

function shares(counts: readonly number[], added = 0): number[] {
  const total = counts.reduce((sum, count) => sum + count + added, 0);
  return counts.map((count) => (total === 0 ? 0 : (count + added) / total));
}

/** Whether a side has no values: nothing can be said then. */
function isMissing({ reference, current }: Sizes): boolean {
  return reference === 0 || current === 0;
}

function sizesOf({ reference, current }: Counts): Sizes {
  const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
  return { reference: total(reference), current: total(current) };
}
