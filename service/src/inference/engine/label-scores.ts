import { ServiceError } from "../../server/errors.js";
import type { Classification } from "../../models/model-config.js";
import type { Datatype, TensorData } from "../../tensors/datatypes.js";
import { fromFloat16 } from "../../tensors/float16.js";
import type { Tensor } from "../../tensors/tensor.js";

export interface Score {
  readonly label: string;
  /** 0 to 1. */
  readonly probability: number;
}

/**
 * Calls `found` with the most probable label of each row of `output`, shape [rows, labels]: its index in config.json's
 * list and its probability.
 */
export function eachBestLabel(
  output: Tensor,
  config: Classification,
  found: (index: number, probability: number) => void,
): void {
  const { scores, rows, size } = probabilities(output, config);
  for (let start = 0; start < rows * size; start += size) {
    let best = start;
    for (let at = start + 1; at < start + size; at += 1) {
      if (isAbove(scoreAt(scores, at), scoreAt(scores, best))) {
        best = at;
      }
    }
    found(best - start, scoreAt(scores, best));
  }
}

/** The `top` most probable labels of each row, most probable first; equals keep the labels' order. */
export function topScores(output: Tensor, config: Classification, top = config.top): Score[][] {
  const found: Score[][] = [];
  const { scores, rows, size } = probabilities(output, config);
  for (let row = 0; row < rows; row += 1) {
    const start = row * size;
    found.push(
      highest(scores, start, size, top).map((index) => ({
        label: config.labels[index] ?? "",
        probability: scoreAt(scores, start + index),
      })),
    );
  }
  return found;
}

type Floats = Float32Array | Float64Array;

function scoreAt(scores: Floats, at: number): number {
  return scores[at] ?? 0;
}

/** Whether a score is the higher one; NaN is below all others. */
function isAbove(score: number, other: number): boolean {
  return score > other || (Number.isNaN(other) && !Number.isNaN(score));
}

/** Positions of the `count` highest of `size` scores from `start`, kept in order while they are read once. */
function highest(scores: Floats, start: number, size: number, count: number): number[] {
  const kept: number[] = [];
  const limit = Math.min(count, size);
  for (let index = 0; index < size; index += 1) {
    const score = scoreAt(scores, start + index);
    let place = Math.min(kept.length, limit);
    for (; place > 0; place -= 1) {
      const before = kept[place - 1] ?? 0;
      if (!isAbove(score, scoreAt(scores, start + before))) {
        break;
      }
      if (place < limit) {
        kept[place] = before;
      }
    }
    if (place < limit) {
      kept[place] = index;
    }
  }
  return kept;
}

export interface Probabilities {
  readonly scores: Floats;
  readonly rows: number;
  /** Scores per row. */
  readonly size: number;
}

/**
 * The scores of each row of `output`. Dimensions of 1 behind the labels, as poolings leave them, count for nothing; an output
 * without rows is one row.
 */
export function probabilities({ data, shape, datatype }: Tensor, config: Classification): Probabilities {
  const size = config.labels.length;
  const scores = floatsOf(data, datatype);
  const rows = shape.length === 1 ? 1 : (shape[0] ?? 0);
  if (scores === undefined || shape.length === 0 || scores.length !== rows * size) {
    throw new ServiceError(
      "internal",
      `Output ${config.output} is ${datatype} [${shape.join(", ")}], not ${size} numbers a row as config.json says.`,
    );
  }
  return { scores: config.scores === "logits" ? softmaxRows(scores, size) : scores, rows, size };
}

function floatsOf(data: TensorData, datatype: Datatype): Floats | undefined {
  if (data instanceof Float32Array || data instanceof Float64Array) {
    return data;
  }
  return datatype === "FP16" ? Float32Array.from(data as Uint16Array, fromFloat16) : undefined;
}

function softmaxRows(logits: Floats, size: number): Float64Array {
  const scores = new Float64Array(logits.length);
  for (let start = 0; start < logits.length; start += size) {
    scores.set(softmax(logits.subarray(start, start + size)), start);
  }
  return scores;
}

/** Shifted by the largest so that nothing overflows. */
export function softmax(logits: Floats): Float64Array {
  const largest = Math.max(...logits);
  const powers = Float64Array.from(logits, (logit) => Math.exp(logit - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
