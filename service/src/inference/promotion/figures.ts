import { z } from "zod";
import type { VersionTraffic } from "../engine/engine.js";

const count = z.number().nonnegative();

/** What a version did in a step. */
export const figuresSchema = z.object({
  requests: count,
  errors: count,
  /** Upper edges in seconds, and answered requests by bucket, one more than edges. */
  latency: z.object({ bounds: z.array(z.number()), counts: z.array(count) }),
  copies: z.object({ compared: count, failed: count, dropped: count, rows: count, flippedRows: count }),
});

export type Figures = z.infer<typeof figuresSchema>;

/** Nothing yet. */
export const NO_FIGURES: Figures = {
  requests: 0,
  errors: 0,
  latency: { bounds: [], counts: [] },
  copies: { compared: 0, failed: 0, dropped: 0, rows: 0, flippedRows: 0 },
};

/** Of a version since it was loaded. */
export function figuresOf({ requests, errors, latency, copies }: VersionTraffic): Figures {
  const { compared, failed, dropped, rows, flippedRows } = copies;
  return {
    requests,
    errors,
    latency: { bounds: [...latency.bounds], counts: [...latency.counts] },
    copies: { compared, failed, dropped, rows, flippedRows },
  };
}

/** What came since `before`. What was loaded again meanwhile began anew: all of it is new then. */
export function since(before: Figures | undefined, now: Figures): Figures {
  const isNewer = before !== undefined && before.requests <= now.requests && before.errors <= now.errors;
  return isNewer ? combined(now, before, (a, b) => Math.max(0, a - b)) : now;
}

/** Of several replicas together. */
export function sumOf(figures: readonly Figures[]): Figures {
  return figures.reduce((sum, each) => combined(sum, each, (a, b) => a + b), NO_FIGURES);
}

function combined(one: Figures, other: Figures, by: (a: number, b: number) => number): Figures {
  const [left, right] = [one.copies, other.copies];
  const bounds = one.latency.bounds.length > 0 ? one.latency.bounds : other.latency.bounds;
  const counts = Array.from({ length: bounds.length + 1 }, (_, index) =>
    by(one.latency.counts[index] ?? 0, other.latency.counts[index] ?? 0),
  );
  return {
    requests: by(one.requests, other.requests),
    errors: by(one.errors, other.errors),
    latency: { bounds, counts: bounds.length === 0 ? [] : counts },
    copies: {
      compared: by(left.compared, right.compared),
      failed: by(left.failed, right.failed),
      dropped: by(left.dropped, right.dropped),
      rows: by(left.rows, right.rows),
      flippedRows: by(left.flippedRows, right.flippedRows),
    },
  };
}

/** The latency that a share `quantile` of the requests stays under, as Prometheus reads it from buckets; undefined without any. */
export function quantileOf({ bounds, counts }: Figures["latency"], quantile: number): number | undefined {
  const total = counts.reduce((sum, each) => sum + each, 0);
  const rank = quantile * total;
  let below = 0;
  for (const [index, inBucket] of counts.entries()) {
    if (inBucket > 0 && below + inBucket >= rank) {
      const [from = 0, to] = [bounds[index - 1], bounds[index]];
      return to === undefined ? from : from + ((to - from) * (rank - below)) / inBucket;
    }
    below += inBucket;
  }
  return undefined;
}

/** Answered requests, and those of them above the smallest edge that is at least `seconds`; none above the last edge. */
export function slowerThan(
  { bounds, counts }: Figures["latency"],
  seconds: number,
): { readonly slow: number; readonly of: number } {
  const edge = bounds.findIndex((bound) => bound >= seconds);
  const sum = (some: readonly number[]): number => some.reduce((all, each) => all + each, 0);
  return { slow: edge < 0 ? 0 : sum(counts.slice(edge + 1)), of: sum(counts) };
}
