import type { Classification } from "../models/model-config.js";
import type { TensorSpec } from "../tensors/tensor.js";
import { bestOfRows, rowKind } from "./numbers.js";
import type { Sample } from "./samples.js";

/** More scores than that in a row are not labels of a classifier (a picture, an embedding). */
const MOST_LABELS = 10_000;

/** As many classes as ImageNet has, without and with a background. */
const IMAGENET = [1000, 1001];

const NAME_OF_LOGITS = /logit/i;

export interface Scored {
  readonly outputs: readonly TensorSpec[];
  readonly samples: readonly Sample[];
  /** Whether the model takes pictures. */
  readonly pictures: boolean;
}

export interface Suggested {
  readonly postprocess?: Classification;
  /** What is left to a person to know, as whole sentences. */
  readonly notes: readonly string[];
}

/**
 * Labels for the first output that is known to hold one score per class. That it has several numbers a row says nothing:
 * an embedding has too, and so have several measures.
 */
export function suggestClassification(scored: Scored): Suggested {
  const notes: string[] = [];
  for (const output of scored.outputs.filter(mayHoldScores)) {
    const kind = rowKind(output.name, scored.samples);
    const doubt = kind === "probabilities" ? labelDoubt(output, scored) : scoreDoubt(output, kind, scored);
    if (doubt === undefined) {
      const postprocess = classification(output, kind === "probabilities" ? kind : "logits");
      return { postprocess, notes: [NUMBERED] };
    }
    notes.push(doubt);
  }
  return { notes };
}

const NUMBERED =
  "The labels in postprocess are numbers: put the names of the classes there, in the order of the scores.";

function mayHoldScores({ datatype, shape }: TensorSpec): boolean {
  const [, count = -1, ...more] = shape;
  const isFloat = datatype === "FP32" || datatype === "FP64";
  return isFloat && shape.length === 2 && more.length === 0 && count >= 2 && count <= MOST_LABELS;
}

function classification({ name, shape }: TensorSpec, scores: Classification["scores"]): Classification {
  const count = shape[1] ?? 0;
  return {
    kind: "classification",
    output: name,
    labels: Array.from({ length: count }, (_, label) => String(label)),
    scores,
    top: Math.min(5, count),
  };
}

/** Why an output whose rows are no probabilities should not go through a softmax. */
function scoreDoubt(
  output: TensorSpec,
  kind: ReturnType<typeof rowKind>,
  scored: Scored,
): string | undefined {
  const { name, shape } = output;
  const count = shape[1] ?? 0;
  switch (kind) {
    case "directions":
      return `Output '${name}' is no list of classes: its rows have length 1, as embeddings do.`;
    case "numbers":
      if (NAME_OF_LOGITS.test(name) || (scored.pictures && IMAGENET.includes(count))) {
        return labelDoubt(output, scored);
      }
      return `Output '${name}' has ${count} numbers a row that do not sum to 1: no labels are suggested. If they are what goes into a softmax, say so in postprocess, with "scores": "logits".`;
    default:
      return `Output '${name}' may hold scores of classes: none were seen, so that no labels are suggested.`;
  }
}

/** Why numbers would be wrong as labels: another output names the class otherwise. */
function labelDoubt({ name }: TensorSpec, { outputs, samples }: Scored): string | undefined {
  const namer = outputs.find(
    (output) => output.name !== name && isClass(output) && !namesByPlace(output.name, name, samples),
  );
  return (
    namer &&
    `Output '${namer.name}' names the class itself, otherwise than by the place of the highest number in '${name}': no labels are suggested.`
  );
}

/** One whole number or text a row. */
function isClass({ datatype, shape }: TensorSpec): boolean {
  const isOne = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  return isOne && ["INT32", "INT64", "BYTES"].includes(datatype);
}

function namesByPlace(namer: string, scores: string, samples: readonly Sample[]): boolean {
  return samples.every((sample) => {
    const names = Array.from(sample.outputs[namer]?.data ?? [], String);
    return bestOfRows(sample, scores).every((best, row) => names[row] === String(best));
  });
}
