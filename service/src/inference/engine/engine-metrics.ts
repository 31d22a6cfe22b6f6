import {
  BATCH_ROWS_BUCKETS,
  CLOSE_REASONS,
  INFERENCE_BUCKETS_SECONDS,
  METRICS,
  OUTCOMES,
  REJECTIONS,
} from "@ai-model-service/contract/metrics";
import { Counter, Gauge, type Registry } from "prom-client";
import type { RepositoryModel, RepositoryVersion } from "./repository/repository-model.js";
import type { ServedVersion } from "./served-version.js";
import type { BucketCounts } from "../../server/observe/bucket-counts.js";
import { BucketHistogram } from "../../server/observe/bucket-histogram.js";
import type { VersionStatistics } from "./statistics/version-statistics.js";

/** What the metrics are read from at each scrape; a version that is gone has no series any more. */
export interface MetricsSource {
  servingVersions(): Iterable<ServedVersion>;
  allModels(): Iterable<RepositoryModel>;
}

type Labels = Record<string, string>;
type Sample = readonly [labels: Labels, value: number];

const VERSION_LABELS = ["model", "version"];

/** Registers every inference metric of the contract with `registry`. */
export function registerMetrics(registry: Registry, source: MetricsSource): void {
  registerHistograms(registry, source);
  registerCounters(registry, source);
  registerVersionGauges(registry, source);
  registerProcessGauges(registry, source);
}

function registerHistograms(registry: Registry, source: MetricsSource): void {
  const histogram = (
    name: string,
    help: string,
    bounds: readonly number[],
    pick: (statistics: VersionStatistics) => BucketCounts,
  ): void => {
    const series = (): { labels: Labels; counts: BucketCounts }[] =>
      [...source.servingVersions()].map((served) => ({
        labels: labelsOf(served),
        counts: pick(served.statistics),
      }));
    registry.registerMetric(new BucketHistogram({ name, help, labelNames: VERSION_LABELS, bounds, series }));
  };
  histogram(
    METRICS.inferenceDuration,
    "Waiting plus computing, per answered request.",
    INFERENCE_BUCKETS_SECONDS,
    (s) => s.duration,
  );
  histogram(
    METRICS.inferenceQueueDuration,
    "From admission until the batch ran.",
    INFERENCE_BUCKETS_SECONDS,
    (s) => s.queue,
  );
  histogram(
    METRICS.inferenceComputeDuration,
    "One run of the model.",
    INFERENCE_BUCKETS_SECONDS,
    (s) => s.compute,
  );
  histogram(METRICS.inferenceBatchRows, "Rows per run.", BATCH_ROWS_BUCKETS, (s) => s.rows);
}

function registerCounters(registry: Registry, source: MetricsSource): void {
  const each = <K extends string>(
    label: string,
    keys: readonly K[],
    pick: (statistics: VersionStatistics) => Readonly<Record<K, number>>,
  ): (() => Sample[]) => {
    return () =>
      [...source.servingVersions()].flatMap((served) =>
        keys.map((key): Sample => [{ ...labelsOf(served), [label]: key }, pick(served.statistics)[key]]),
      );
  };
  counter(
    registry,
    METRICS.inferenceRequests,
    "Requests by outcome.",
    [...VERSION_LABELS, "outcome"],
    each("outcome", OUTCOMES, (statistics) => statistics.outcomes),
  );
  counter(
    registry,
    METRICS.inferenceBatches,
    "Runs by why the batch was closed.",
    [...VERSION_LABELS, "reason"],
    each("reason", CLOSE_REASONS, (statistics) => statistics.batches),
  );
  counter(registry, METRICS.modelLoadFailures, "Loads that failed.", VERSION_LABELS, () =>
    perFolder(source, (version) => version.failures),
  );
  counter(
    registry,
    METRICS.inferenceRejections,
    "Requests refused at admission, by reason.",
    ["model", "reason"],
    () =>
      [...source.allModels()].flatMap(({ name, rejections }) =>
        REJECTIONS.map((reason): Sample => [{ model: name, reason }, rejections.counts[reason]]),
      ),
  );
}

function registerVersionGauges(registry: Registry, source: MetricsSource): void {
  const perVersion = (
    name: string,
    help: string,
    value: (served: ServedVersion) => number,
    aggregator?: Aggregator,
  ): void => {
    const samples = (): Sample[] =>
      [...source.servingVersions()].map((served): Sample => [labelsOf(served), value(served)]);
    gauge(registry, name, help, VERSION_LABELS, samples, aggregator);
  };
  perVersion(METRICS.inferenceQueueRows, "Rows that wait for a batch.", (served) => served.queuedRows);
  perVersion(
    METRICS.modelLoadTime,
    "Unix time of the version's last successful load.",
    (served) => served.loading.loadedAt,
    "max",
  );
  perVersion(
    METRICS.modelLoadDuration,
    "Seconds that loading and warming up took.",
    (served) => served.loading.loadSeconds,
    "max",
  );
  perVersion(
    METRICS.modelMemory,
    "Resident memory that grew while the version was loaded.",
    (served) => served.loading.memoryBytes,
  );
  registerFolderGauges(registry, source);
}

function registerFolderGauges(registry: Registry, source: MetricsSource): void {
  const ready = (): Sample[] => perFolder(source, (version) => Number(version.serves));
  gauge(registry, METRICS.modelReady, "1 while the version serves.", VERSION_LABELS, ready, "min");
  const failed = (): Sample[] => perFolder(source, (version) => Number(version.isRefused));
  const help = "1 while the newest attempt to load the version has failed.";
  gauge(registry, METRICS.modelLoadFailed, help, VERSION_LABELS, failed, "max");
}

function registerProcessGauges(registry: Registry, source: MetricsSource): void {
  const saturation = (): Sample[] => [
    [{}, Math.max(0, ...[...source.servingVersions()].map(({ saturation }) => saturation))],
  ];
  gauge(
    registry,
    METRICS.inferenceSaturation,
    "The fullest model's rows over its capacity.",
    [],
    saturation,
    "max",
  );
  gauge(registry, METRICS.inferenceRequestsPending, "Requests that wait or run.", [], () => [
    [{}, [...source.servingVersions()].reduce((sum, { pendingRequests }) => sum + pendingRequests, 0)],
  ]);
}

/** How a metric's values in several workers are put together (prom-client's names). */
type Aggregator = "sum" | "max" | "min";

/** A metric whose samples are made anew at each scrape. */
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

function counter(...metric: Parameters<typeof sampled>): Counter {
  return new Counter(sampled(...metric));
}

function gauge(
  registry: Registry,
  name: string,
  help: string,
  labelNames: string[],
  samples: () => Sample[],
  aggregator: Aggregator = "sum",
): void {
  new Gauge({ ...sampled(registry, name, help, labelNames, samples), aggregator });
}

/** One sample per version folder, whether it serves or not. */
function perFolder(source: MetricsSource, value: (version: RepositoryVersion) => number): Sample[] {
  return [...source.allModels()].flatMap(({ name, versions }) =>
    [...versions.values()].map((version): Sample => [
      { model: name, version: version.version },
      value(version),
    ]),
  );
}

function labelsOf({ name, version }: ServedVersion): Labels {
  return { model: name, version };
}
