import { Counter, Gauge, type Registry } from "prom-client";
import type { BucketCounts } from "../../server/observe/bucket-counts.js";
import { BucketHistogram } from "../../server/observe/bucket-histogram.js";

export type Labels = Record<string, string>;
export type Sample = readonly [labels: Labels, value: number];

/** How a metric's values in several workers are put together (prom-client's names). */
export type Aggregator = "sum" | "max" | "min";

/** A counter whose samples are made anew at each scrape. */
export function counter(...metric: Parameters<typeof sampled>): void {
  new Counter(sampled(...metric));
}

/** A gauge whose samples are made anew at each scrape. */
export function gauge(
  registry: Registry,
  name: string,
  help: string,
  labelNames: string[],
  samples: () => Sample[],
  aggregator: Aggregator = "sum",
): void {
  new Gauge({ ...sampled(registry, name, help, labelNames, samples), aggregator });
}

/** A histogram by model and version, whose series are looked for at each scrape. */
export function histogram(
  registry: Registry,
  name: string,
  help: string,
  bounds: readonly number[],
  series: () => (readonly [labels: Labels, counts: BucketCounts])[],
): void {
  registry.registerMetric(
    new BucketHistogram({
      name,
      help,
      labelNames: ["model", "version"],
      bounds,
      series: () => series().map(([labels, counts]) => ({ labels, counts })),
    }),
  );
}

function sampled(
  registry: Registry,
  name: string,
  help: string,
  labelNames: string[],
  samples: () => Sample[],
) {
  return {
    name,
    help,
    labelNames,
    registers: [registry],
    collect(this: Counter | Gauge): void {
      this.reset();
      for (const [labels, value] of samples()) {
        this.inc(labels, value);
      }
    },
  };
}
