import {
  COPY_OUTCOMES,
  DIFFERENCE_BUCKETS,
  DISTANCE_BUCKETS,
  INFERENCE_BUCKETS_SECONDS,
  METRICS,
  ROUTES_TAKEN,
} from "@ai-model-service/contract/metrics";
import type { Registry } from "prom-client";
import { counter, gauge, histogram, type Labels, type Sample } from "../sampled-metrics.js";
import type { VersionFigures } from "./version-figures.js";

/** A model whose traffic is counted. */
export interface CountedModel {
  readonly name: string;
  readonly traffic: { readonly figures: ReadonlyMap<string, VersionFigures> };
}

type Counted = readonly [labels: Labels, figures: VersionFigures];

const VERSION_LABELS = ["model", "version"];

/** Registers what models' traffic does. A model whose requests all go to one version, and no copies anywhere, has no series. */
export function registerTrafficMetrics(registry: Registry, models: () => Iterable<CountedModel>): void {
  const all = (): Counted[] =>
    [...models()].flatMap(({ name, traffic }) =>
      [...traffic.figures].map(([version, figures]): Counted => [{ model: name, version }, figures]),
    );
  registerRequests(registry, all);
  registerCopies(registry, () =>
    all().filter(([, { copies }]) => COPY_OUTCOMES.some((outcome) => copies[outcome] > 0)),
  );
}

function registerRequests(registry: Registry, all: () => Counted[]): void {
  counter(
    registry,
    METRICS.trafficRequests,
    "Requests that name no version, by what gave them to the one that answered.",
    [...VERSION_LABELS, "by"],
    () =>
      all().flatMap(([labels, { requests }]) =>
        ROUTES_TAKEN.map((by): Sample => [{ ...labels, by }, requests[by]]),
      ),
  );
  counter(
    registry,
    METRICS.trafficFallbacks,
    "Requests that the stable version answered in the place of this one, by why.",
    [...VERSION_LABELS, "reason"],
    () =>
      all().flatMap(([labels, { fallbacks }]) =>
        [...fallbacks].map(([reason, count]): Sample => [{ ...labels, reason }, count]),
      ),
  );
}

function registerCopies(registry: Registry, all: () => Counted[]): void {
  const each =
    (value: (figures: VersionFigures) => number): (() => Sample[]) =>
    () =>
      all().map(([labels, figures]): Sample => [labels, value(figures)]);
  counter(
    registry,
    METRICS.shadowCopies,
    "Copies of requests, by what came of them.",
    [...VERSION_LABELS, "outcome"],
    () =>
      all().flatMap(([labels, { copies }]) =>
        COPY_OUTCOMES.map((outcome): Sample => [{ ...labels, outcome }, copies[outcome]]),
      ),
  );
  counter(
    registry,
    METRICS.shadowRows,
    "Rows whose label was compared with the answer's.",
    VERSION_LABELS,
    each(({ rows }) => rows),
  );
  counter(
    registry,
    METRICS.shadowFlippedRows,
    "Rows that got another label than in the answer.",
    VERSION_LABELS,
    each(({ flippedRows }) => flippedRows),
  );
  gauge(
    registry,
    METRICS.shadowLargestDifference,
    "The largest absolute difference of any value of an output.",
    VERSION_LABELS,
    each(({ largestDifference }) => largestDifference),
    "max",
  );
  const buckets = (
    name: string,
    help: string,
    bounds: readonly number[],
    pick: (figures: VersionFigures) => VersionFigures["distance"],
  ): void =>
    histogram(registry, name, help, bounds, () =>
      all().map(([labels, figures]) => [labels, pick(figures)] as const),
    );
  buckets(METRICS.shadowDuration, "Computing of a copy.", INFERENCE_BUCKETS_SECONDS, (f) => f.copyDuration);
  buckets(
    METRICS.shadowDifference,
    "Mean absolute difference of a copy's outputs from the answer's.",
    DIFFERENCE_BUCKETS,
    (f) => f.difference,
  );
  buckets(
    METRICS.shadowDistance,
    "Jensen-Shannon distance of a row's scores from the answer's.",
    DISTANCE_BUCKETS,
    (f) => f.distance,
  );
}
