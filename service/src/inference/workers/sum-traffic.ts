import type { ShadowFigures, VersionTraffic } from "../engine/engine.js";

type Mean = ShadowFigures["distance"];

/**
 * The figures of several engines over the same models, added up by version. What a version serves is the same in all of
 * them, or soon will be: it serves where it serves in each.
 */
export function sumTraffic(perEngine: readonly (readonly VersionTraffic[])[]): VersionTraffic[] {
  const sums = new Map<string, VersionTraffic>();
  for (const figures of perEngine.flat()) {
    const sum = sums.get(figures.version);
    sums.set(figures.version, sum ? add(sum, figures) : figures);
  }
  return [...sums.values()];
}

function add(a: VersionTraffic, b: VersionTraffic): VersionTraffic {
  const refused = a.refused ?? b.refused;
  return {
    version: a.version,
    labels: a.labels,
    ready: a.ready && b.ready,
    ...(refused !== undefined && { refused }),
    traffic: Math.min(a.traffic, b.traffic),
    shadow: Math.min(a.shadow, b.shadow),
    requests: a.requests + b.requests,
    errors: a.errors + b.errors,
    fallbacks: a.fallbacks + b.fallbacks,
    latency: {
      bounds: a.latency.bounds,
      counts: a.latency.counts.map((count, bucket) => count + (b.latency.counts[bucket] ?? 0)),
    },
    copies: addCopies(a.copies, b.copies),
  };
}

function addCopies(a: ShadowFigures, b: ShadowFigures): ShadowFigures {
  return {
    compared: a.compared + b.compared,
    failed: a.failed + b.failed,
    dropped: a.dropped + b.dropped,
    rows: a.rows + b.rows,
    flippedRows: a.flippedRows + b.flippedRows,
    largestDifference: Math.max(a.largestDifference, b.largestDifference),
    difference: addMeans(a.difference, b.difference),
    distance: addMeans(a.distance, b.distance),
  };
}

function addMeans(a: Mean, b: Mean): Mean {
  return { sum: a.sum + b.sum, count: a.count + b.count };
}
