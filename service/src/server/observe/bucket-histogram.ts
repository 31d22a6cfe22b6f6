import { Histogram } from "prom-client";
import type { BucketCounts } from "./bucket-counts.js";

export interface HistogramSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly counts: BucketCounts;
}

export interface BucketHistogramConfig {
  readonly name: string;
  readonly help: string;
  readonly labelNames: string[];
  readonly bounds: readonly number[];
  /** Called at each scrape. */
  readonly series: () => Iterable<HistogramSeries>;
}

/** A Prometheus histogram that reads its numbers at scrape time: observing costs the hot path no hashing of labels. */
export class BucketHistogram extends Histogram {
  private readonly series: () => Iterable<HistogramSeries>;
  private readonly declared: { readonly name: string; readonly help: string };

  constructor({ name, help, labelNames, bounds, series }: BucketHistogramConfig) {
    super({ name, help, labelNames, buckets: [...bounds], registers: [] });
    this.declared = { name, help };
    this.series = series;
  }

  /** What prom-client's own `get` and its text format are made from; its type declarations leave it out. */
  getForPromString(): Promise<{
    name: string;
    help: string;
    type: "histogram";
    aggregator: "sum";
    values: Value[];
  }> {
    const { name, help } = this.declared;
    const values = [...this.series()].flatMap((series) => valuesOf(name, series));
    return Promise.resolve({ name, help, type: "histogram", aggregator: "sum", values });
  }
}

type Value = Awaited<ReturnType<Histogram["get"]>>["values"][number] & {
  /** Labels that `get` adds to those of the value: none. */
  readonly sharedLabels: Readonly<Record<string, string>>;
};

const sharedLabels = {};

function valuesOf(name: string, { labels, counts }: HistogramSeries): Value[] {
  let total = 0;
  const buckets = [...counts.bounds, "+Inf"].map((le, index): Value => {
    total += counts.counts[index] ?? 0;
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, sharedLabels, value: total };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, sharedLabels, value: counts.sum },
    { metricName: `${name}_count`, labels, sharedLabels, value: counts.count },
  ];
}
