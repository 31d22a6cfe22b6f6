import { createHash } from "node:crypto";
import type { ModelConfig } from "../../../models/model-config.js";
import { drawConfusion, drawLearningCurve } from "../../plots.js";
import type { Exam, Train, Trained, Work } from "../recipe.js";
import { CLASSES, PIXELS, SIDE, type DataSplit } from "./digits.js";
import { INPUT, OUTPUT } from "./export.js";
import { digitsParameters } from "./recipe.js";
import { loadDigits, train, type TrainedModel, type TrainSettings } from "./train.js";
import { scaled, type Checkpoint } from "./training-loop.js";

/** The config.json of a model of digits, as that of the model that ships. */
export const DIGITS_CONFIG = {
  description: "Handwritten digits, 0 to 9: a 784-128-10 MLP trained on MNIST.",
  input: INPUT,
  preprocess: {
    ...{ kind: "image", width: SIDE, height: SIDE, channels: 1, layout: "flat" },
    ...{ scale: 255, mean: 0, fit: "digit", box: 20 },
  },
  postprocess: {
    ...{
      kind: "classification",
      output: OUTPUT,
      labels: Array.from({ length: CLASSES }, (_, label) => String(label)),
    },
    ...{ scores: "probabilities", top: 3 },
  },
} satisfies ModelConfig;

/** The recipe's work: the same training as `npm run train`, with a checkpoint after each epoch. */
export const trainDigits: Train = async (work) => {
  const settings = digitsParameters.parse(work.parameters);
  const data = loadDigits(work.data.kind === "file" ? work.data.path : undefined);
  const sha256 = digestOf(data);
  const trained = await trainOn(data, settings, work, `${sha256} ${JSON.stringify(settings)}`);
  return described(trained, data, sha256);
};

async function trainOn(
  data: DataSplit,
  settings: TrainSettings,
  { checkpoints, progress, epoch: tell }: Work,
  digest: string,
): Promise<TrainedModel> {
  const { epochs } = settings;
  const resume = await checkpoints.read<Checkpoint>(digest);
  resume?.epochs.forEach((figures, index) => tell(index + 1, epochs, { ...figures }));
  const listener = {
    onProgress: ({ epoch, shown, total }: { epoch: number; shown: number; total: number }) =>
      progress((epoch - 1 + shown / total) / epochs, epoch, epochs),
    onEpoch: (epoch: number, figures: object) => tell(epoch, epochs, { ...figures }),
    onCheckpoint: (checkpoint: Checkpoint) => checkpoints.write(digest, checkpoint),
  };
  return train(data, settings, listener, resume);
}

async function described({ onnx, metrics }: TrainedModel, data: DataSplit, sha256: string): Promise<Trained> {
  const { accuracy, accuracyInterval, loss } = metrics;
  const figures = { accuracy, accuracyLow: accuracyInterval.low, accuracyHigh: accuracyInterval.high, loss };
  return {
    onnx,
    metrics,
    summary: { ...figures, heldOutRows: data.heldOut.count },
    pictures: {
      "learning-curve.png": await drawLearningCurve(metrics.epochs),
      "confusion.png": await drawConfusion(metrics.confusion),
    },
    config: DIGITS_CONFIG,
    data: { source: data.source, sha256 },
    exam: examOn(data),
  };
}

function examOn({ heldOut }: DataSplit): Exam {
  return {
    measure: "error rate",
    rows: heldOut.count,
    inputs: [{ name: INPUT, values: scaled(heldOut), width: PIXELS }],
    output: OUTPUT,
    losses: (output) =>
      Float64Array.from(heldOut.labels, (label, row) => {
        const scores = output.subarray(row * CLASSES, (row + 1) * CLASSES);
        return scores.length < CLASSES ? NaN : scores.indexOf(Math.max(...scores)) === label ? 0 : 1;
      }),
  };
}

function digestOf({ train: shown, heldOut }: DataSplit): string {
  const hash = createHash("sha256");
  for (const { pixels, labels } of [shown, heldOut]) {
    hash.update(pixels).update(labels);
  }
  return hash.digest("hex");
}
