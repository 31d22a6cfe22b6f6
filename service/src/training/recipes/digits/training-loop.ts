import * as tf from "@tensorflow/tfjs-core";
import type { Sequential } from "@tensorflow/tfjs-layers";

import { CLASSES, PIXELS, pixelsOf, type Digits } from "./digits.js";
import { distort, drawDistortion } from "./distort.js";
import { predict } from "./network.js";
import { randomFrom, resumedRandom, shuffled, type Random, type RandomState } from "../../random.js";
import { restoreState, stateOf, type NetworkState } from "../network-state.js";
import { accuracyOf, crossEntropyOf } from "../../evaluate.js";

export interface FitSettings {
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  /** Distorted copies of each digit that an epoch shows beside the digit itself. */
  readonly copies: number;
}

/** Figures of one epoch. Loss is the mean categorical cross-entropy, in nats. */
export interface Epoch {
  /** Of the shown digits, distorted ones too, as the weights were when each was shown. */
  readonly loss: number;
  readonly accuracy: number;
  /** Of the held-out digits after the epoch. */
  readonly heldOutLoss: number;
  readonly heldOutAccuracy: number;
}

export interface FitProgress {
  /** From 1. */
  readonly epoch: number;
  readonly shown: number;
  readonly total: number;
  /** So far in this epoch. */
  readonly loss: number;
  readonly accuracy: number;
}

export interface FitListener {
  /** Training goes on once what it gives is there. */
  onProgress(progress: FitProgress): void | Promise<void>;
  onEpoch(epoch: number, figures: Epoch): void;
  /** To be kept for `resume`, if given: the training waits for it. */
  readonly onCheckpoint?: (checkpoint: Checkpoint) => Promise<void>;
}

/** All that is needed to go on after an epoch as if nothing had happened. */
export interface Checkpoint {
  readonly epochs: readonly Epoch[];
  readonly random: RandomState;
  readonly network: NetworkState;
}

/**
 * Trains `network` on `train` in place; the held-out digits are only measured. Gives one row an epoch. From a checkpoint of
 * the same data and settings it goes on to the same result.
 */
export async function fit(
  network: Sequential,
  train: Digits,
  heldOut: Digits,
  settings: FitSettings,
  listener: FitListener,
  resume?: Checkpoint,
): Promise<Epoch[]> {
  const random = resume ? resumedRandom(resume.random) : randomFrom(settings.seed);
  const heldOutPixels = scaled(heldOut);
  const epochs: Epoch[] = [...(resume?.epochs ?? [])];
  if (resume) {
    await restoreState(network, resume.network);
  }
  for (let epoch = epochs.length + 1; epoch <= settings.epochs; epoch++) {
    const shown = await fitEpoch(network, train, settings, random, (progress) =>
      listener.onProgress({ epoch, ...progress }),
    );
    const probabilities = predict(network, heldOutPixels);
    const figures = {
      ...shown,
      heldOutLoss: crossEntropyOf(probabilities, heldOut.labels),
      heldOutAccuracy: accuracyOf(probabilities, heldOut.labels),
    };
    epochs.push(figures);
    await listener.onCheckpoint?.({
      epochs: [...epochs],
      random: random.state(),
      network: await stateOf(network),
    });
    listener.onEpoch(epoch, figures);
  }
  return epochs;
}

/** One pass: every digit and its distorted copies, shuffled together, in batches. */
async function fitEpoch(
  network: Sequential,
  train: Digits,
  { batchSize, copies }: FitSettings,
  random: Random,
  onProgress: (progress: Omit<FitProgress, "epoch">) => void | Promise<void>,
): Promise<Pick<Epoch, "loss" | "accuracy">> {
  const total = train.count * (copies + 1);
  const order = shuffled(total, random);
  let lossSum = 0;
  let correct = 0;
  for (let start = 0; start < total; start += batchSize) {
    const batch = order.subarray(start, start + batchSize);
    const [loss, accuracy] = await trainOnBatch(network, train, batch, random);
    lossSum += loss * batch.length;
    correct += accuracy * batch.length;
    const shown = start + batch.length;
    await onProgress({ shown, total, loss: lossSum / shown, accuracy: correct / shown });
  }
  return { loss: lossSum / total, accuracy: correct / total };
}

/** Index i of `batch` means digit i modulo the count: the first round is the digits themselves, later ones distorted copies. */
async function trainOnBatch(
  network: Sequential,
  train: Digits,
  batch: Uint32Array,
  random: Random,
): Promise<[loss: number, accuracy: number]> {
  const pixels = new Float32Array(batch.length * PIXELS);
  const labels = new Int32Array(batch.length);
  batch.forEach((position, row) => {
    const index = position % train.count;
    const target = pixels.subarray(row * PIXELS, (row + 1) * PIXELS);
    const source = pixelsOf(train, index);
    if (position < train.count) {
      target.set(source);
    } else {
      distort(source, target, drawDistortion(random));
    }
    labels[row] = train.labels[index] ?? 0;
  });
  const x = tf.tidy(() => tf.div<tf.Tensor2D>(tf.tensor2d(pixels, [batch.length, PIXELS]), 255));
  const y = tf.tidy(() => tf.cast(tf.oneHot(labels, CLASSES), "float32"));
  const figures = await network.trainOnBatch(x, y);
  tf.dispose([x, y]);
  if (!Array.isArray(figures)) {
    throw new TypeError("The network is compiled with one metric beside the loss.");
  }
  return [figures[0] ?? NaN, figures[1] ?? NaN];
}

/** Pixels as the network takes them: 0 to 1. */
export function scaled({ pixels }: Digits): Float32Array {
  return Float32Array.from(pixels, (value) => value / 255);
}
