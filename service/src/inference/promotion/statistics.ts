/** A share: so many of so many. */
export interface Share {
  readonly count: number;
  readonly of: number;
}

/**
 * One-sided error of a test, 0.001: figures are looked at again and again, and each look is a chance to be wrong.
 * The normal distribution's quantile for it.
 */
const Z = 3.0902;

/**
 * Wilson's score interval of a share: where the true share lies, that the count is not against (E. B. Wilson, Probable
 * inference, the law of succession, and statistical inference, JASA 22, 1927).
 */
export function wilson({ count, of }: Share): { readonly low: number; readonly high: number } {
  if (of === 0) {
    return { low: 0, high: 1 };
  }
  const share = count / of;
  const square = Z * Z;
  const middle = share + square / (2 * of);
  const reach = Z * Math.sqrt((share * (1 - share)) / of + square / (4 * of * of));
  const whole = 1 + square / of;
  return { low: Math.max(0, (middle - reach) / whole), high: Math.min(1, (middle + reach) / whole) };
}

/**
 * What the true difference of two shares, `one` - `other`, is at least (R. G. Newcombe, Interval estimation for the difference
 * between independent proportions, Statistics in Medicine 17, 1998, method 10, made of Wilson's intervals).
 */
export function leastDifference(one: Share, other: Share): number {
  const [p, q] = [shareOf(one), shareOf(other)];
  return p - q - Math.hypot(p - wilson(one).low, other.of === 0 ? 0 : wilson(other).high - q);
}

export function shareOf({ count, of }: Share): number {
  return of === 0 ? 0 : count / of;
}
