/** Drift: how far what is predicted has moved from what the model was trained on. Pure functions of numbers. */

/** Lanczos's approximation of the gamma function, g = 7. */
const LANCZOS: readonly [number, ...number[]] = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** The natural logarithm of the gamma function, for numbers above 0. */
function logGamma(x: number): number {
  const [first, ...rest] = LANCZOS;
  const base = x + 6.5;
  const sum = rest.reduce((total, coefficient, index) => total + coefficient / (x + index), first);
  return Math.log(Math.sqrt(2 * Math.PI) * sum) + (x - 0.5) * Math.log(base) - base;
}

const ENOUGH = 1e-16;
const MOST_TERMS = 10_000;

/** The probability that a chi-squared variable is at least `x`. */
export function chiSquaredSurvival(x: number, degreesOfFreedom: number): number {
  const a = degreesOfFreedom / 2;
  const half = x / 2;
  if (half <= 0) {
    return 1;
  }
  const scale = Math.exp(a * Math.log(half) - half - logGamma(a));
  return half < a + 1 ? 1 - scale * lowerSeries(a, half) : scale * upperFraction(a, half);
}

/** The lower incomplete gamma function by its power series, which ends soon where x is small. */
function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MOST_TERMS && term > sum * ENOUGH; n += 1) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** The upper one by its continued fraction (Lentz), which ends soon where x is large. */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / Number.MIN_VALUE;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < MOST_TERMS; n += 1) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    const change = c * d;
    fraction *= change;
    if (Math.abs(change - 1) < ENOUGH) {
      break;
    }
  }
  return fraction;
}

/** The probability that Kolmogorov's statistic, the limit of sqrt(n) D, is at least `x`. */
export function kolmogorovSurvival(x: number): number {
  if (x <= 0) {
    return 1;
  }
  let sum = 0;
  if (x < 1) {
    for (let k = 1; k < 20; k += 2) {
      sum += Math.exp((-k * k * Math.PI * Math.PI) / (8 * x * x));
    }
    return 1 - (Math.sqrt(2 * Math.PI) / x) * sum;
  }
  for (let k = 1; k < 20; k += 1) {
    sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  }
  return sum;
}

/**
 * The probability that two samples of one continuous distribution, of `m` and `n` values, are at least `distance` apart
 * by Kolmogorov and Smirnov: all orders of the values are counted, in time m n.
 */
export function smirnovSurvival(distance: number, m: number, n: number): number {
  const reached = (0.5 + Math.floor(distance * m * n - 1e-7)) / (m * n);
  const paths = Float64Array.from({ length: n + 1 }, (_, j) => (j / n > reached ? 0 : 1));
  for (let i = 1; i <= m; i += 1) {
    const weight = i / (i + n);
    paths[0] = i / m > reached ? 0 : weight * (paths[0] ?? 0);
    for (let j = 1; j <= n; j += 1) {
      const apart = Math.abs(i / m - j / n) > reached;
      paths[j] = apart ? 0 : weight * (paths[j] ?? 0) + (paths[j - 1] ?? 0);
    }
  }
  return 1 - (paths[n] ?? 0);
}
