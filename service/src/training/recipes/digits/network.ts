import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";
import { createRequire } from "node:module";
import { dirname, sep } from "node:path";

import { CLASSES, PIXELS } from "./digits.js";

/** Units of the hidden layer. */
export const HIDDEN_UNITS = 128;

/** Loads TensorFlow.js's WebAssembly backend. One thread, so that sums are added in the same order every time. */
export async function startBackend(): Promise<void> {
  const require = createRequire(import.meta.url);
  setWasmPaths(dirname(require.resolve("@tensorflow/tfjs-backend-wasm")) + sep);
  setThreadsCount(1);
  await tf.setBackend("wasm");
  await tf.ready();
}

/** The library and backend that train, as `metrics.json` and the ONNX file name them. */
export const LIBRARY = { name: "TensorFlow.js", version: tf.version_core, backend: "wasm" } as const;

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
