/** Decide: from what a model puts out to labels, and to what becomes of them. */

import type { Decision } from "../api/fields.js";

/** From which probability on a label is accepted, and from which it is looked at by a person. */
export interface Thresholds {
  readonly accept: number;
  readonly review: number;
}

/** What raw outputs become probabilities by: they are some already; softmax over all; each by itself. */
export const ACTIVATIONS = ["none", "softmax", "sigmoid"] as const;
export type Activation = (typeof ACTIVATIONS)[number];

export interface Scored {
  readonly label: string;
  readonly probability: number;
}

export interface Decided extends Scored {
  readonly top: readonly Scored[];
  readonly decision: Decision;
  readonly reason: string;
}

/** The probabilities of raw outputs. */
export function probabilitiesOf(outputs: readonly number[], activation: Activation): readonly number[] {
  switch (activation) {
    case "none":
      return outputs;
    case "sigmoid":
      return outputs.map((output) => 1 / (1 + Math.exp(-output)));
    case "softmax": {
      // Less the largest, so that none overflows.
      const largest = outputs.reduce((most, output) => Math.max(most, output), -Infinity);
      const powers = outputs.map((output) => Math.exp(output - largest));
      const sum = powers.reduce((total, power) => total + power, 0);
      return powers.map((power) => power / sum);
    }
  }
}

/** The places of the largest probabilities, the largest first; of equal ones the first comes first. */
function largest(probabilities: readonly number[], count: number): number[] {
  const places: number[] = [];
  for (const [place, value] of probabilities.entries()) {
    const at = places.findIndex((other) => (probabilities[other] ?? 0) < value);
    if (at >= 0) {
      places.splice(at, 0, place);
      places.length = Math.min(places.length, count);
    } else if (places.length < count) {
      places.push(place);
    }
  }
  return places;
}

/** What becomes of one row of probabilities, which must have one. */
export function decide(
  probabilities: readonly number[],
  labels: readonly string[],
  count: number,
  thresholdsOf: (label: string) => Thresholds,
): Decided {
  const top = largest(probabilities, count).map((place) => ({
    label: labels[place] ?? String(place),
    probability: probabilities[place] ?? 0,
  }));
  const [{ label, probability } = { label: "", probability: 0 }] = top;
  return { label, probability, top, ...verdict(label, probability, thresholdsOf(label)) };
}

function verdict(
  label: string,
  probability: number,
  { accept, review }: Thresholds,
): { decision: Decision; reason: string } {
  const shown = `The probability ${Number(probability.toPrecision(4))} of ${JSON.stringify(label)}`;
  if (probability >= accept) {
    return { decision: "accept", reason: `${shown} is at least ${accept}, from which it is accepted.` };
  }
  if (probability >= review) {
    return {
      decision: "review",
      reason: `${shown} is below ${accept}, from which it is accepted, and at least ${review}, from which it is reviewed.`,
    };
  }
  return { decision: "reject", reason: `${shown} is below ${review}, from which it is reviewed.` };
}
