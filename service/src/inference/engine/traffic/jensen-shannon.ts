type Numbers = ArrayLike<number>;

/**
 * The Jensen-Shannon distance of two rows of scores, each taken as a distribution: the square root of the divergence to the
 * base 2, from 0 (the same) to 1 (nothing in common). Undefined where `left` is no distribution, which says nothing of
 * `right`; where only `right` is none, they have nothing in common.
 */
export function jensenShannon(left: Numbers, right: Numbers): number | undefined {
  const sums = [sumOf(left), sumOf(right)] as const;
  if (!(sums[0] > 0)) {
    return undefined;
  }
  if (!(sums[1] > 0)) {
    return 1;
  }
  let divergence = 0;
  for (let index = 0; index < left.length; index += 1) {
    const p = (left[index] ?? 0) / sums[0];
    const q = (right[index] ?? 0) / sums[1];
    const mean = (p + q) / 2;
    divergence += (term(p, mean) + term(q, mean)) / 2;
  }
  // Rounding may leave a little below 0 or above 1.
  return Math.sqrt(Math.min(1, Math.max(0, divergence)));
}

/** Not above 0 for what is no distribution: numbers below 0, none above 0, or not finite. */
function sumOf(scores: Numbers): number {
  let sum = 0;
  for (let index = 0; index < scores.length; index += 1) {
    const score = scores[index] ?? NaN;
    if (!(score >= 0)) {
      return NaN;
    }
    sum += score;
  }
  return Number.isFinite(sum) ? sum : NaN;
}

function term(share: number, mean: number): number {
  return share === 0 ? 0 : share * Math.log2(share / mean);
}
