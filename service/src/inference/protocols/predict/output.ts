import { topScores, type Score } from "../label-scores.js";
import type { ServedModel } from "../../engine/engine.js";
import type { PictureView } from "../../../pictures/picture-view.js";
import type { Tensor } from "../../../tensors/tensor.js";
import { rowsJson } from "../../../tensors/to-json.js";

type Outputs = Readonly<Record<string, Tensor>>;

/**
 * The answer of /predict as JSON text: labels where config.json has them, else the outputs' values.
 * `top` is how many labels are listed, `views` the pictures to show beside the labels.
 */
export function predictionsJson(
  { name, version, config }: ServedModel,
  outputs: Outputs,
  top?: number,
  views: readonly PictureView[] = [],
): string {
  const { postprocess } = config;
  const output = postprocess && outputs[postprocess.output];
  const rows =
    postprocess && output
      ? topScores(output, postprocess, top).map((scores, row) => predictionJson(scores, views[row]))
      : outputRowsJson(outputs);
  return `{"model":${JSON.stringify(name)},"version":${JSON.stringify(version)},"predictions":[${rows.join(",")}]}`;
}

function predictionJson(top: readonly Score[], view: PictureView | undefined): string {
  const scores = top.map(scoreJson);
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

function scoreJson({ label, probability }: Score): string {
  return `${headOf(label)}${millionths(probability)}}`;
}

const THOUSANDTHS = Array.from({ length: 1000 }, (_, value) => String(value).padStart(3, "0"));
const TRAILING = THOUSANDTHS.map((digits) => digits.replace(/0+$/, ""));

/**
 * A probability as a JSON number, to a millionth, more than which nobody reads; the V2 protocol has all digits.
 * Two look-ups in place of the search for a double's shortest text, which cost more than the rest of an answer.
 */
export function millionths(probability: number): string {
  const rounded = Math.round(probability * 1e6);
  if (!(rounded > 0 && rounded < 1e6)) {
    return Number.isFinite(rounded) ? String(rounded / 1e6) : "null";
  }
  const low = rounded % 1000;
  const high = (rounded - low) / 1000;
  return low === 0 ? `0.${TRAILING[high] ?? ""}` : `0.${THOUSANDTHS[high] ?? ""}${TRAILING[low] ?? ""}`;
}

/** A JSON text per row: the one output's values, or an object of output name to values. */
export function outputRowsJson(outputs: Outputs): string[] {
  const entries = Object.entries(outputs).map(([name, tensor]) => ({ name, rows: rowsJson(tensor) }));
  const [only] = entries;
  if (entries.length === 1 && only !== undefined) {
    return only.rows;
  }
  const count = Math.min(...entries.map(({ rows }) => rows.length));
  return Array.from(
    { length: count },
    (_, row) =>
      `{${entries.map(({ name, rows }) => `${JSON.stringify(name)}:${rows[row] ?? "null"}`).join(",")}}`,
  );
}
