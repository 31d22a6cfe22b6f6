import { ServiceError } from "../../../server/errors.js";
import { giveTurn } from "../../../server/turns.js";
import type { Classification } from "../../../models/model-config.js";
import { fromFloat16 } from "../../../tensors/float16.js";
import { shapeText } from "../../../tensors/shape.js";
import type { Tensor } from "../../../tensors/tensor.js";
import { eachBestLabel, probabilities } from "../label-scores.js";
import { jensenShannon } from "./jensen-shannon.js";

/** What a version made of a request's inputs. */
export interface Answered {
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** How one of them becomes labels, where one does. */
  readonly postprocess: Classification | undefined;
}

/** How another version's outputs differ from an answer. */
export interface Comparison {
  /** Rows whose labels were compared, and those of them that got another label. */
  readonly rows: number;
  readonly flippedRows: number;
  /** Largest and mean absolute difference of the outputs' values; no mean where no value can be compared. */
  readonly largest: number;
  readonly mean: number | undefined;
  /** Jensen-Shannon distances of the rows' scores. */
  readonly distances: readonly number[];
}

/** Values that are compared before others get a turn. */
const VALUES_A_TURN = 16_384;

/** Where one version gives a number and the other none, no number is too large for the difference. */
const NO_NUMBER = Number.MAX_VALUE;

/** Compares `copy` with `answer`. Rejects with a ServiceError where their outputs are not of the same shapes. */
export async function compareOutputs(answer: Answered, copy: Answered): Promise<Comparison> {
  let [largest, sum, count] = [0, 0, 0];
  for (const [name, tensor] of Object.entries(answer.outputs)) {
    const other = sameShape(name, tensor, copy.outputs[name]);
    if (Array.isArray(tensor.data) || Array.isArray(other.data)) {
      continue;
    }
    for (let index = 0; index < tensor.data.length; index += 1) {
      const difference = differenceOf(valueAt(tensor, index), valueAt(other, index));
      largest = Math.max(largest, difference);
      if (difference < NO_NUMBER) {
        sum += difference;
        count += 1;
      }
      if (index % VALUES_A_TURN === VALUES_A_TURN - 1) {
        await giveTurn();
      }
    }
  }
  return { ...compareLabels(answer, copy), largest, mean: count === 0 ? undefined : sum / count };
}

function sameShape(name: string, { shape, data }: Tensor, other: Tensor | undefined): Tensor {
  if (other?.data.length === data.length && shapeText(other.shape) === shapeText(shape)) {
    return other;
  }
  const has = other === undefined ? "is missing" : `has shape ${shapeText(other.shape)}`;
  throw new ServiceError("internal", `Output '${name}' ${has}; in the answer it has ${shapeText(shape)}.`);
}

function valueAt({ data, datatype }: Tensor, index: number): number {
  const value = Number(data[index]);
  return datatype === "FP16" ? fromFloat16(value) : value;
}

function differenceOf(left: number, right: number): number {
  if (left === right || (Number.isNaN(left) && Number.isNaN(right))) {
    return 0;
  }
  const difference = Math.abs(left - right);
  return Number.isFinite(difference) ? difference : NO_NUMBER;
}

const NO_LABELS = { rows: 0, flippedRows: 0, distances: [] };

function compareLabels(
  answer: Answered,
  copy: Answered,
): Pick<Comparison, "rows" | "flippedRows" | "distances"> {
  const [by, copyBy] = [answer.postprocess, copy.postprocess];
  const scored = by && answer.outputs[by.output];
  const copied = copyBy && copy.outputs[copyBy.output];
  if (!scored || !copied) {
    return NO_LABELS;
  }
  const labels = bestLabels(scored, by);
  const others = bestLabels(copied, copyBy);
  const flippedRows = labels.filter((label, row) => label !== others[row]).length;
  return { rows: labels.length, flippedRows, distances: distancesOf(scored, by, copied, copyBy) };
}

/** Scores that are no numbers make no label. */
function bestLabels(scored: Tensor, by: Classification): (string | undefined)[] {
  const labels: (string | undefined)[] = [];
  eachBestLabel(scored, by, (index, probability) =>
    labels.push(Number.isNaN(probability) ? undefined : by.labels[index]),
  );
  return labels;
}

/** None where the versions have other labels: their scores are of other things then. */
function distancesOf(scored: Tensor, by: Classification, copied: Tensor, copyBy: Classification): number[] {
  if (
    by.labels.length !== copyBy.labels.length ||
    by.labels.some((label, at) => label !== copyBy.labels[at])
  ) {
    return [];
  }
  const [left, right] = [probabilities(scored, by), probabilities(copied, copyBy)];
  const distances: number[] = [];
  for (let start = 0; start < left.rows * left.size; start += left.size) {
    const end = start + left.size;
    const distance = jensenShannon(left.scores.subarray(start, end), right.scores.subarray(start, end));
    if (distance !== undefined) {
      distances.push(distance);
    }
  }
  return distances;
}
