import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";

import { CLASSES, PIXELS } from "./digits.js";

/** Units of the hidden layer. */
export const HIDDEN_UNITS = 128;

/** 784 pixels -> 128 ReLU -> 10 softmax, with Adam and categorical cross-entropy; weights drawn from `seed`. */
export function createNetwork(seed: number, learningRate: number): layers.Sequential {
  const dense = (units: number, activation: "relu" | "softmax", offset: number, inputShape?: [number]) =>
    layers.layers.dense({
      units,
      activation,
      kernelInitializer: layers.initializers.glorotUniform({ seed: seed + offset }),
      ...(inputShape && { inputShape }),
    });
  const network = layers.sequential({
    layers: [dense(HIDDEN_UNITS, "relu", 0, [PIXELS]), dense(CLASSES, "softmax", 1)],
  });
  network.compile({
    optimizer: tf.train.adam(learningRate),
    loss: "categoricalCrossentropy",
    metrics: ["accuracy"],
  });
  return network;
}

/** Probabilities, count x 10 row-major, for `pixels` (count x 784 values of 0 to 1). */
export function predict(network: layers.Sequential, pixels: Float32Array): Float32Array {
  return tf.tidy(() => {
    const input = tf.tensor2d(pixels, [pixels.length / PIXELS, PIXELS]);
    const output = network.predict(input);
    if (Array.isArray(output)) {
      throw new TypeError("The network has one output.");
    }
    return output.dataSync<"float32">();
  });
}
