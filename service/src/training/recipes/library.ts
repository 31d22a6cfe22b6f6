import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { createRequire } from "node:module";
import { dirname, sep } from "node:path";

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
