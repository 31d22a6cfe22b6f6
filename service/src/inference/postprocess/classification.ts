import { ServiceError } from "../../errors.js";
import type { Classification } from "../model-config.js";
import type { Tensor } from "../tensor.js";

export interface Score {
  readonly label: string;
  /** 0 to 1. */
  readonly probability: number;
}

export interface Best {
  /** Of the label in config.json's list. */
  readonly index: number;
  readonly probability: number;
}

/** The most probable label of each row of `output`, shape [rows, labels]. */
export function bestLabels(output: Tensor, config: Classification): Best[] {
  const best: Best[] = [];
  const { scores, rows, size } = probabilities(output, config);
  for (let row = 0; row < rows; row += 1) {
    const [index = 0] = highest(scores, row * size, size, 1);
    best.push({ index, probability: scores[row * size + index] ?? 0 });
  }
  return best;
}

/** The `top` most probable labels of each row, most probable first; equals keep the labels' order. */
export function topScores(output: Tensor, config: Classification, top = config.top): Score[][] {
  const found: Score[][] = [];
  const { scores, rows, size } = probabilities(output, config);
  for (let row = 0; row < rows; row += 1) {
    const scoreAt = (index: number): Score => ({
      label: config.labels[index] ?? "",
      probability: scores[row * size + index] ?? 0,
    });
    found.push(highest(scores, row * size, size, top).map(scoreAt));
  }
  return found;
}

type Floats = Float32Array | Float64Array;

/** Positions of the `count` highest of `size` scores from `start`, kept in order while they are read once. */
function highest(scores: Floats, start: number, size: number, count: number): number[] {
  const kept: number[] = [];
  const limit = Math.min(count, size);
  for (let index = 0; index < size; index += 1) {
    const score = scores[start + index] ?? 0;
    let place = kept.length;
    while (place > 0 && score > (scores[start + (kept[place - 1] ?? 0)] ?? 0)) place -= 1;
    if (place === limit) continue;
    kept.splice(place, 0, index);
    if (kept.length > limit) kept.pop();
  }
  return kept;
}

interface Probabilities {
  readonly scores: Floats;
  readonly rows: number;
  /** Scores per row. */
  readonly size: number;
}

function probabilities({ data, shape, datatype }: Tensor, config: Classification): Probabilities {
  const size = config.labels.length;
  const floats = data instanceof Float32Array || data instanceof Float64Array;
  if (!floats || shape.length !== 2 || shape[1] !== size)
    throw new ServiceError(
      "internal",
      `Output ${config.output} is ${datatype} [${shape.join(", ")}], not ${size} numbers a row as config.json says.`,
    );
  const rows = shape[0] ?? 0;
  return { scores: config.scores === "logits" ? softmaxRows(data, size) : data, rows, size };
}

function softmaxRows(logits: Floats, size: number): Float64Array {
  const scores = new Float64Array(logits.length);
  for (let start = 0; start < logits.length; start += size)
    scores.set(softmax(logits.subarray(start, start + size)), start);
  return scores;
}

/** Shifted by the largest so that nothing overflows. */
export function softmax(logits: Floats): Float64Array {
  const largest = Math.max(...logits);
  const powers = Float64Array.from(logits, (logit) => Math.exp(logit - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
