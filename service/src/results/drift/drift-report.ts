import { expectedAccuracy, type Estimate } from "./accuracy.js";
import {
  chiSquared,
  jensenShannon,
  kolmogorovSmirnov,
  stabilityIndex,
  type Counts,
  type Distance,
  type Tested,
} from "./statistics.js";

/** What a model predicted where it was known to be good: on the data that it was trained or checked on. */
export interface Reference {
  /** Which data that were, as a version or a checksum. */
  readonly id: string;
  /** How often each label was predicted. */
  readonly labels?: Readonly<Record<string, number>> | undefined;
  /** Of the labels that were predicted: all of them or a sample. */
  readonly probabilities?: readonly number[] | undefined;
}

/** What it predicts now. */
export interface Current {
  readonly labels: ReadonlyMap<string, number>;
  readonly probabilities: readonly number[];
}

/** How far it has moved; what the reference does not have is left out. */
export interface DriftReport {
  /** The reference's id. */
  readonly reference: string;
  readonly labels?: {
    readonly stabilityIndex: Distance;
    readonly jensenShannon: Distance;
    readonly chiSquared: Tested;
  };
  readonly probabilities?: { readonly kolmogorovSmirnov: Tested };
  /** Without labels, if the probabilities are calibrated. */
  readonly expectedAccuracy?: Estimate | undefined;
}

/** Compares what is predicted now with a reference. */
export function driftReport(reference: Reference, current: Current): DriftReport {
  const { id, labels, probabilities } = reference;
  return {
    reference: id,
    ...(labels && { labels: ofLabels(countsOf(labels, current.labels)) }),
    ...(probabilities && {
      probabilities: { kolmogorovSmirnov: kolmogorovSmirnov(probabilities, current.probabilities) },
    }),
    expectedAccuracy: expectedAccuracy(current.probabilities),
  };
}

function ofLabels(counts: Counts): DriftReport["labels"] {
  return {
    stabilityIndex: stabilityIndex(counts),
    jensenShannon: jensenShannon(counts),
    chiSquared: chiSquared(counts),
  };
}

/** The counts of all labels that either side has. */
function countsOf(reference: Readonly<Record<string, number>>, current: Current["labels"]): Counts {
  const before = new Map(Object.entries(reference));
  const names = [...new Set([...before.keys(), ...current.keys()])];
  return {
    reference: names.map((name) => before.get(name) ?? 0),
    current: names.map((name) => current.get(name) ?? 0),
  };
}
