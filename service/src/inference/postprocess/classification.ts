import { ServiceError } from "../../errors.js";
import type { Classification } from "../model-config.js";
import type { Tensor } from "../tensor.js";

export interface Score {
  readonly label: string;
  /** 0 to 1. */
  readonly probability: number;
}

/** The most probable label of each row of `output`, shape [rows, labels]. */
export function bestScores(output: Tensor, config: Classification): Score[] {
  return rowsOf(output, config).map((scores) => {
    let best = 0;
    for (let index = 1; index < scores.length; index += 1)
      if ((scores[index] ?? 0) > (scores[best] ?? 0)) best = index;
    return scoreAt(probabilities(scores, config), best, config);
  });
}

/** The `top` most probable labels of each row, most probable first; equals keep the labels' order. */
export function topScores(output: Tensor, config: Classification, top = config.top): Score[][] {
  return rowsOf(output, config).map((scores) => {
    const normalised = probabilities(scores, config);
    const order = Array.from(normalised.keys()).sort((a, b) => (normalised[b] ?? 0) - (normalised[a] ?? 0));
    return order.slice(0, top).map((index) => scoreAt(normalised, index, config));
  });
}

type Floats = Float32Array | Float64Array;

function rowsOf({ data, shape, datatype }: Tensor, { labels, output }: Classification): Floats[] {
  const rows = shape[0] ?? 0;
  const floats = data instanceof Float32Array || data instanceof Float64Array;
  if (!floats || shape.length !== 2 || shape[1] !== labels.length)
    throw new ServiceError(
      "internal",
      `Output ${output} is ${datatype} [${shape.join(", ")}], not ${labels.length} numbers a row as config.json says.`,
    );
  return Array.from({ length: rows }, (_, row) =>
    data.subarray(row * labels.length, (row + 1) * labels.length),
  );
}

const probabilities = (scores: Floats, config: Classification): Floats =>
  config.scores === "logits" ? softmax(scores) : scores;

/** Shifted by the largest so that nothing overflows. */
export function softmax(logits: Floats): Float64Array {
  const largest = Math.max(...logits);
  const powers = Float64Array.from(logits, (logit) => Math.exp(logit - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

const scoreAt = (scores: Floats, index: number, { labels }: Classification): Score => ({
  label: labels[index] ?? "",
  probability: scores[index] ?? 0,
});
