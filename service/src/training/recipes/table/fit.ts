import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";
import { accuracyOf, crossEntropyOf } from "../../evaluate.js";
import { randomFrom, resumedRandom, shuffled, type RandomState } from "../../random.js";
import { meanInterval } from "../../statistics.js";
import { restoreState, stateOf, type NetworkState } from "../network-state.js";
import { featuresOf } from "./features.js";
import type { Plan, Target } from "./plan.js";
import type { TableParameters } from "./recipe.js";

/** Figures of one epoch; losses are nats, or squared deviations of the target. */
export interface TableEpoch {
  readonly loss: number;
  readonly heldOutLoss: number;
  readonly accuracy?: number;
  readonly heldOutAccuracy?: number;
}

export interface TableCheckpoint {
  readonly epochs: readonly TableEpoch[];
  readonly random: RandomState;
  readonly network: NetworkState;
}

export interface TableListener {
  readonly onProgress: (epoch: number, share: number) => Promise<void>;
  readonly onEpoch: (epoch: number, figures: TableEpoch, checkpoint: TableCheckpoint) => Promise<void>;
}

/** Rows that are predicted at once. */
const ROWS_AT_ONCE = 1024;

/** A linear model, or a perceptron with one hidden layer, for what `plan` has decided. */
export function createTableNetwork(
  plan: Plan,
  { hidden, seed, learningRate }: TableParameters,
): layers.Sequential {
  const isRegression = plan.target.task === "regression";
  const initializer = (offset: number) => layers.initializers.glorotUniform({ seed: seed + offset });
  const network = layers.sequential();
  const input = { inputShape: [plan.width] };
  if (hidden > 0) {
    const kernelInitializer = initializer(0);
    network.add(layers.layers.dense({ units: hidden, activation: "relu", kernelInitializer, ...input }));
  }
  network.add(
    layers.layers.dense({
      units: unitsOf(plan.target),
      activation: isRegression ? "linear" : "softmax",
      kernelInitializer: initializer(1),
      ...(hidden === 0 && input),
    }),
  );
  network.compile({
    optimizer: tf.train.adam(learningRate),
    loss: isRegression ? "meanSquaredError" : "categoricalCrossentropy",
    metrics: isRegression ? [] : ["accuracy"],
  });
  return network;
}

function unitsOf(target: Target): number {
  return target.task === "regression" ? 1 : target.labels.length;
}

/** Trains in place, from the beginning or a checkpoint. */
export async function fitTable(
  network: layers.Sequential,
  plan: Plan,
  { epochs: count, seed, batchSize }: TableParameters,
  listener: TableListener,
  resume: TableCheckpoint | undefined,
): Promise<readonly TableEpoch[]> {
  const random = resume ? resumedRandom(resume.random) : randomFrom(seed);
  const epochs = [...(resume?.epochs ?? [])];
  if (resume) {
    await restoreState(network, resume.network);
  }
  for (let epoch = epochs.length + 1; epoch <= count; epoch += 1) {
    const order = shuffled(plan.train.length, random).map((index) => plan.train[index] ?? 0);
    const sums = { loss: 0, accuracy: 0 };
    for (let start = 0; start < order.length; start += batchSize) {
      const rows = order.subarray(start, start + batchSize);
      const [loss, accuracy] = await step(network, plan, rows);
      sums.loss += loss * rows.length;
      sums.accuracy += accuracy * rows.length;
      await listener.onProgress(epoch, (start + rows.length) / order.length);
    }
    const figures = figuresOf(network, plan, sums.loss / order.length, sums.accuracy / order.length);
    epochs.push(figures);
    const state = { epochs: [...epochs], random: random.state(), network: await stateOf(network) };
    await listener.onEpoch(epoch, figures, state);
  }
  return epochs;
}

async function step(network: layers.Sequential, plan: Plan, rows: Uint32Array): Promise<[number, number]> {
  const { target, width } = plan;
  const x = tf.tensor2d(featuresOf(plan, rows), [rows.length, width]);
  const y = tf.tidy(() =>
    target.task === "regression"
      ? tf.tensor2d(wanted(target, rows), [rows.length, 1])
      : tf.cast(
          tf.oneHot(
            Int32Array.from(rows, (row) => target.classes[row] ?? 0),
            target.labels.length,
          ),
          "float32",
        ),
  );
  const figures = await network.trainOnBatch(x, y);
  tf.dispose([x, y]);
  const [loss = NaN, accuracy = NaN] = Array.isArray(figures) ? figures : [figures];
  return [loss, accuracy];
}

function wanted(
  { values, mean, deviation }: Target & { task: "regression" },
  rows: Uint32Array,
): Float32Array {
  return Float32Array.from(rows, (row) => ((values[row] ?? NaN) - mean) / deviation);
}

function figuresOf(network: layers.Sequential, plan: Plan, loss: number, accuracy: number): TableEpoch {
  const { target, heldOut } = plan;
  const outputs = predictTable(network, plan, heldOut);
  if (target.task === "regression") {
    const right = wanted(target, heldOut);
    const squares = Float64Array.from(right, (value, index) => ((outputs[index] ?? NaN) - value) ** 2);
    return { loss, heldOutLoss: meanInterval(squares).mean };
  }
  const classes = Int32Array.from(heldOut, (row) => target.classes[row] ?? -1);
  const heldOutLoss = crossEntropyOf(outputs, classes);
  return { loss, heldOutLoss, accuracy, heldOutAccuracy: accuracyOf(outputs, classes) };
}

/** What the network gives for `rows`, row-major: probabilities, or deviations from the target's mean. */
export function predictTable(network: layers.Sequential, plan: Plan, rows: Uint32Array): Float32Array {
  const units = unitsOf(plan.target);
  const outputs = new Float32Array(rows.length * units);
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const part = rows.subarray(start, start + ROWS_AT_ONCE);
    const values = tf.tidy(() => {
      const output = network.predict(tf.tensor2d(featuresOf(plan, part), [part.length, plan.width]));
      return (output as tf.Tensor).dataSync<"float32">().slice();
    });
    outputs.set(values, start * units);
  }
  return outputs;
}
