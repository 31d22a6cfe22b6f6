import {
  BATCH_ROWS_BUCKETS,
  CLOSE_REASONS,
  INFERENCE_BUCKETS_SECONDS,
  METRICS,
  OUTCOMES,
  REJECTIONS,
} from "@ai-model-service/contract/metrics";
import type { Registry } from "prom-client";
import type { RepositoryModel, RepositoryVersion } from "./repository/repository-model.js";
import type { RepositoryFigures } from "../../models/store/model-repository.js";
import type { ServedVersion } from "./served-version.js";
import type { BucketCounts } from "../../server/observe/bucket-counts.js";
import { counter, gauge, histogram, type Aggregator, type Labels, type Sample } from "./sampled-metrics.js";
import type { VersionStatistics } from "./statistics/version-statistics.js";
import { registerTrafficMetrics } from "./traffic/traffic-metrics.js";

/** What the metrics are read from at each scrape; a version that is gone has no series any more. */
export interface MetricsSource {
  servingVersions(): Iterable<ServedVersion>;
  allModels(): Iterable<RepositoryModel>;
  repositoryFigures(): RepositoryFigures;
}

const VERSION_LABELS = ["model", "version"];

/** Registers every inference metric of the contract with `registry`. */
export function registerMetrics(registry: Registry, source: MetricsSource): void {
  registerHistograms(registry, source);
  registerCounters(registry, source);
  registerVersionGauges(registry, source);
  registerProcessGauges(registry, source);
  registerTrafficMetrics(registry, () => source.allModels());
  registerRepository(registry, source);
}

function registerHistograms(registry: Registry, source: MetricsSource): void {
  const perVersion = (
    name: string,
    help: string,
    bounds: readonly number[],
    pick: (statistics: VersionStatistics) => BucketCounts,
  ): void =>
    histogram(registry, name, help, bounds, () =>
      [...source.servingVersions()].map((served) => [labelsOf(served), pick(served.statistics)] as const),
    );
  perVersion(
    METRICS.inferenceDuration,
    "Waiting plus computing, per answered request.",
    INFERENCE_BUCKETS_SECONDS,
    (s) => s.duration,
  );
  perVersion(
    METRICS.inferenceQueueDuration,
    "From admission until the batch ran.",
    INFERENCE_BUCKETS_SECONDS,
    (s) => s.queue,
  );
  perVersion(
    METRICS.inferenceComputeDuration,
    "One run of the model.",
    INFERENCE_BUCKETS_SECONDS,
    (s) => s.compute,
  );
  perVersion(METRICS.inferenceBatchRows, "Rows per run.", BATCH_ROWS_BUCKETS, (s) => s.rows);
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
  perVersion(
    METRICS.modelOnCpu,
    "1 while the version runs on the CPU, though a GPU was asked for or is there.",
    (served) => Number(served.loading.provider.fallback !== ""),
    "max",
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

function registerRepository(registry: Registry, source: MetricsSource): void {
  const each = (pick: keyof RepositoryFigures) => (): Sample[] => [[{}, source.repositoryFigures()[pick]]];
  const away = "Seconds since the model repository cannot be looked at; 0 while it can.";
  gauge(registry, METRICS.repositoryAway, away, [], each("awaySeconds"), "max");
  const failures = "Looks at the model repository, and fetches of versions, that failed.";
  counter(registry, METRICS.repositoryFailures, failures, [], each("failures"));
  const fetched = "Bytes that were fetched of versions.";
  counter(registry, METRICS.repositoryFetchedBytes, fetched, [], each("fetchedBytes"));
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
