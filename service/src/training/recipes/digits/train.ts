import { bundledDigits } from "./bundled-digits.js";
import type { DataSplit } from "./digits.js";
import { classReports, confusionMatrix, type ClassReport } from "../../evaluate.js";
import { exportOnnx } from "./export.js";
import { wilson, type Interval } from "../../statistics.js";
import {
  fit,
  scaled,
  type Checkpoint,
  type Epoch,
  type FitListener,
  type FitSettings,
} from "./training-loop.js";
import { idxDigits } from "./idx.js";
import { LIBRARY, startBackend } from "../library.js";
import { createNetwork, predict } from "./network.js";

export interface TrainSettings extends FitSettings {
  readonly learningRate: number;
}

/** What `metrics.json` beside a model holds. Ratios are 0 to 1, losses nats. */
export interface Metrics {
  readonly accuracy: number;
  /** Where the accuracy lies with 95 % confidence, by Wilson's interval. */
  readonly accuracyInterval: Interval;
  readonly loss: number;
  readonly epochs: readonly Epoch[];
  /** `confusion[actual][predicted]`, counts of held-out digits. */
  readonly confusion: readonly (readonly number[])[];
  /** Per class; `predicted` and `meanConfidence` are the baseline that drift is measured from. */
  readonly classes: readonly ClassReport[];
  readonly data: {
    readonly source: string;
    readonly split: string;
    readonly trainSamples: number;
    readonly heldOutSamples: number;
  };
  readonly settings: TrainSettings;
  readonly library: typeof LIBRARY;
  readonly trainSeconds: number;
}

export interface TrainedModel {
  /** The ONNX file's bytes. */
  readonly onnx: Uint8Array;
  readonly metrics: Metrics;
}

/** Digits from the IDX files in `folder`, or without one those that come with the program. Throws DataError. */
export function loadDigits(folder: string | undefined): DataSplit {
  return folder === undefined ? bundledDigits() : idxDigits(folder);
}

/** Trains on `data`, measures on its held-out digits, exports. The same settings and data give the same model. */
export async function train(
  data: DataSplit,
  settings: TrainSettings,
  listener: FitListener,
  resume?: Checkpoint,
): Promise<TrainedModel> {
  await startBackend();
  const network = createNetwork(settings.seed, settings.learningRate);
  const start = performance.now();
  const epochs = await fit(network, data.train, data.heldOut, settings, listener, resume);
  const trainSeconds = Math.round(performance.now() - start) / 1000;
  const probabilities = predict(network, scaled(data.heldOut));
  const last = epochs.at(-1);
  const accuracy = last?.heldOutAccuracy ?? NaN;
  const metrics: Metrics = {
    accuracy,
    accuracyInterval: wilson(Math.round(accuracy * data.heldOut.count), data.heldOut.count),
    loss: last?.heldOutLoss ?? NaN,
    epochs,
    confusion: confusionMatrix(probabilities, data.heldOut.labels),
    classes: classReports(probabilities, data.heldOut.labels),
    data: {
      source: data.source,
      split: data.split,
      trainSamples: data.train.count,
      heldOutSamples: data.heldOut.count,
    },
    settings,
    library: LIBRARY,
    trainSeconds,
  };
  const onnx = exportOnnx(network, {
    accuracy: metrics.accuracy.toFixed(4),
    data: data.source,
    seed: String(settings.seed),
  });
  network.dispose();
  return { onnx, metrics };
}
