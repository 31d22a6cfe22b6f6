import type { Plan } from "./plan.js";
import { quantileOf, slowerThan, type Figures } from "./figures.js";
import { leastDifference, shareOf, wilson, type Share } from "./statistics.js";

/** What is known of a version in a step, for people. */
type Told = {
  readonly requests: number;
  readonly errors: number;
  readonly p99Seconds: number | null;
};

/** What a decision was made by; kept in the event. */
export type Numbers = {
  readonly tried: Told & { readonly comparedRows: number; readonly flippedRows: number };
  readonly stable: Told;
};

export interface Verdict {
  readonly verdict: "go on" | "hold" | "roll back";
  /** A whole sentence. */
  readonly why: string;
  readonly numbers: Numbers;
}

/** One comparison: whether it is worse beyond doubt, whether it looks worse, and what it is. */
interface Finding {
  readonly isWorse: boolean;
  readonly looksWorse: boolean;
  readonly what: string;
}

/**
 * Whether the version that is tried may get more of the traffic than in this step. Worse beyond doubt, it goes back at once; what
 * only looks worse waits for more requests.
 */
export function judge(tried: Figures, stable: Figures, { bounds, minimumRequests }: Plan): Verdict {
  const numbers: Numbers = {
    tried: { ...told(tried), comparedRows: tried.copies.rows, flippedRows: tried.copies.flippedRows },
    stable: told(stable),
  };
  const findings = [
    errorsOf(tried, stable, bounds.errors),
    latencyOf(tried, stable, bounds.p99),
    flipsOf(tried, bounds.flips),
  ];
  const worse = findings.find(({ isWorse }) => isWorse);
  if (worse) {
    return { verdict: "roll back", why: `It is worse than stable: ${worse.what}.`, numbers };
  }
  if (tried.requests < minimumRequests) {
    const why = `It waits for ${minimumRequests} requests to the version in this step; so far there are ${tried.requests}.`;
    return { verdict: "hold", why, numbers };
  }
  const doubtful = findings.find(({ looksWorse }) => looksWorse);
  if (doubtful) {
    return { verdict: "hold", why: `It waits for more requests to be sure: ${doubtful.what}.`, numbers };
  }
  return { verdict: "go on", why: "It is no worse than stable within the bounds.", numbers };
}

function told({ requests, errors, latency }: Figures): Told {
  return { requests, errors, p99Seconds: quantileOf(latency, P99) ?? null };
}

/** Copies that fail are the version's own fault, too. */
function failures({ requests, errors, copies: { compared, failed } }: Figures): Share {
  return { count: errors + failed, of: requests + compared + failed };
}

function errorsOf(tried: Figures, stable: Figures, bound: number): Finding {
  const [one, other] = [failures(tried), failures(stable)];
  return {
    isWorse: leastDifference(one, other) > bound,
    looksWorse: shareOf(one) - shareOf(other) > bound,
    what: `${one.count} of ${one.of} requests and copies fail, of stable's ${other.count} of ${other.of}; the bound is ${percent(bound)} more`,
  };
}

const P99 = 0.99;

/** That its 99th percentile is above a time means that more than 1 % of its requests take longer: a share like any other. */
function latencyOf(tried: Figures, stable: Figures, factor: number): Finding {
  const p99 = quantileOf(stable.latency, P99);
  const { slow, of } = slowerThan(tried.latency, (p99 ?? Infinity) * factor);
  const share = { count: slow, of };
  const limit = `${factor} times stable's 99th percentile, ${milliseconds(p99 ?? 0)}`;
  return {
    isWorse: wilson(share).low > 1 - P99,
    looksWorse: shareOf(share) > 1 - P99,
    what: `${slow} of ${of} answers take longer than ${limit}`,
  };
}

function flipsOf({ copies: { rows, flippedRows } }: Figures, bound: number): Finding {
  const share = { count: flippedRows, of: rows };
  return {
    isWorse: wilson(share).low > bound,
    looksWorse: shareOf(share) > bound,
    what: `${flippedRows} of ${rows} compared rows get another label; the bound is ${percent(bound)}`,
  };
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(3))} %`;
}

function milliseconds(seconds: number): string {
  return `${Number((1000 * seconds).toPrecision(3))} ms`;
}
