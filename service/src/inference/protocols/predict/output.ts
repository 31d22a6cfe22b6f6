import { topScores, type Score } from "../../engine/label-scores.js";
import type { ServedModel } from "../../engine/engine.js";
import type { Classification } from "../../../models/model-config.js";
import type { PictureView } from "../../../pictures/picture-view.js";
import { floatJson, type NonFinite } from "../../../tensors/non-finite.js";
import { takeRows } from "../../../tensors/joined-rows.js";
import type { Tensor } from "../../../tensors/tensor.js";
import { nestedJson } from "../../../tensors/to-json.js";
import { splitOutputs, type Outputs, type SplitOutputs } from "../row-outputs.js";

/** What the answer is made with beside the outputs. */
export interface PredictionOptions {
  /** Rows of the request; undefined when its inputs share no first dimension. */
  readonly rows: number | undefined;
  /** How many labels are listed; absent means as config.json says. */
  readonly top?: number | undefined;
  /** Pictures to show beside the labels. */
  readonly views?: readonly PictureView[];
  readonly nonFinite: NonFinite;
}

/**
 * The answer of /predict as JSON text, in pieces: labels where config.json has them, else the outputs' values, by row where
 * they have rows and whole beside `predictions` where they have not.
 */
export function* predictionsJson(
  model: ServedModel,
  outputs: Outputs,
  options: PredictionOptions,
): Generator<string> {
  const { name, version, config } = model;
  const { postprocess } = config;
  const output = postprocess && outputs[postprocess.output];
  const head = `{"model":${JSON.stringify(name)},"version":${JSON.stringify(version)},`;
  if (postprocess && output) {
    yield `${head}"predictions":[`;
    yield* labelsJson(output, postprocess, options);
    yield "]}";
  } else {
    yield head;
    yield* valuesJson(splitOutputs(model, outputs, options.rows), options.nonFinite);
    yield "}";
  }
}

function* labelsJson(
  output: Tensor,
  config: Classification,
  { top, views = [], nonFinite }: PredictionOptions,
): Generator<string> {
  for (const [row, scores] of topScores(output, config, top).entries()) {
    yield (row > 0 ? "," : "") + predictionJson(scores, views[row], nonFinite);
  }
}

/** `predictions` is absent when no output has rows, `outputs` when all have. */
function* valuesJson({ perRow, whole }: SplitOutputs, nonFinite: NonFinite): Generator<string> {
  const hasRows = !isEmpty(perRow) || isEmpty(whole);
  if (hasRows) {
    yield '"predictions":';
    yield* outputRowsJson(perRow, nonFinite);
  }
  if (!isEmpty(whole)) {
    yield `${hasRows ? "," : ""}"outputs":`;
    yield* outputsJson(whole, nonFinite);
  }
}

function isEmpty(outputs: Outputs): boolean {
  return Object.keys(outputs).length === 0;
}

function predictionJson(top: readonly Score[], view: PictureView | undefined, nonFinite: NonFinite): string {
  const scores = top.map((score) => scoreJson(score, nonFinite));
  const best = scores[0] ?? "{}";
  const seen = view === undefined ? "" : `,"view":${viewJson(view)}`;
  return `${best.slice(0, -1)},"top":[${scores.join(",")}]${seen}}`;
}

function viewJson({ pixels, ...size }: PictureView): string {
  return JSON.stringify({ ...size, pixels: Buffer.from(pixels).toString("base64") });
}

const heads = new Map<string, string>();

/** A score's text up to its probability. Labels are few and come from config.json: each is written once. */
function headOf(label: string): string {
  let head = heads.get(label);
  if (head === undefined) {
    head = `{"label":${JSON.stringify(label)},"probability":`;
    heads.set(label, head);
  }
  return head;
}

function scoreJson({ label, probability }: Score, nonFinite: NonFinite): string {
  return `${headOf(label)}${millionths(probability, nonFinite)}}`;
}

const THOUSANDTHS = Array.from({ length: 1000 }, (_, value) => String(value).padStart(3, "0"));
const TRAILING = THOUSANDTHS.map((digits) => digits.replace(/0+$/, ""));

/**
 * A probability as a JSON number, to a millionth, more than which nobody reads; the V2 protocol has all digits.
 * Two look-ups in place of the search for a double's shortest text, which cost more than the rest of an answer.
 */
export function millionths(probability: number, nonFinite: NonFinite): string {
  const rounded = Math.round(probability * 1e6);
  if (!(rounded > 0 && rounded < 1e6)) {
    return floatJson(rounded / 1e6, nonFinite);
  }
  const low = rounded % 1000;
  const high = (rounded - low) / 1000;
  return low === 0 ? `0.${TRAILING[high] ?? ""}` : `0.${THOUSANDTHS[high] ?? ""}${TRAILING[low] ?? ""}`;
}

/**
 * JSON text, in pieces, of the rows of outputs that have as many rows: a list of the one output's values, or of objects of
 * output name to values.
 */
export function* outputRowsJson(outputs: Outputs, nonFinite: NonFinite): Generator<string> {
  const tensors = Object.values(outputs);
  const [only] = tensors;
  if (only !== undefined && tensors.length === 1) {
    yield* nestedJson(only, nonFinite);
    return;
  }
  yield "[";
  for (let row = 0; row < (only?.shape[0] ?? 0); row += 1) {
    yield row > 0 ? "," : "";
    yield* outputsJson(rowOf(outputs, row), nonFinite);
  }
  yield "]";
}

function rowOf(outputs: Outputs, row: number): Outputs {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, tensor]) => [
      name,
      { ...takeRows(tensor, row, 1), shape: tensor.shape.slice(1) },
    ]),
  );
}

/** JSON text, in pieces, of an object of output name to all of its values. */
export function* outputsJson(outputs: Outputs, nonFinite: NonFinite): Generator<string> {
  let before = "{";
  for (const [name, tensor] of Object.entries(outputs)) {
    yield `${before}${JSON.stringify(name)}:`;
    yield* nestedJson(tensor, nonFinite);
    before = ",";
  }
  yield before === "{" ? "{}" : "}";
}
