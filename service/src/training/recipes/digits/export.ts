import type { Sequential } from "@tensorflow/tfjs-layers";

import { floats, model, node, value } from "../../../onnx/build.js";
import { encodeModel } from "../../../onnx/write-model.js";
import type { OnnxTensor } from "../../../onnx/types.js";
import { CLASSES, PIXELS } from "./digits.js";
import { LIBRARY } from "../library.js";

/** Names in the ONNX file, which config.json and clients use. */
export const INPUT = "image";
export const OUTPUT = "probabilities";

/**
 * The network as an ONNX file: `image` FLOAT [N, 784] of 0 to 1 in, `probabilities` FLOAT [N, 10] out.
 * `metadata` becomes the file's key-value properties.
 */
export function exportOnnx(network: Sequential, metadata: Readonly<Record<string, string>>): Uint8Array {
  return encodeModel(
    model(
      {
        name: "mnist-mlp",
        nodes: [
          node("Gemm", [INPUT, "hidden.weight", "hidden.bias"], ["hidden"]),
          node("Relu", ["hidden"], ["activation"]),
          node("Gemm", ["activation", "output.weight", "output.bias"], ["scores"]),
          node("Softmax", ["scores"], [OUTPUT], { axis: { kind: "int", value: 1 } }),
        ],
        inputs: [value(INPUT, "FLOAT", ["N", PIXELS])],
        outputs: [value(OUTPUT, "FLOAT", ["N", CLASSES])],
        initializers: weightsOf(network),
      },
      {
        producerName: LIBRARY.name,
        producerVersion: LIBRARY.version,
        description: "Handwritten digits: 784 pixels, 128 ReLU, 10 softmax.",
        metadata,
      },
    ),
  );
}

/** Kernels ([inputs, units], as Gemm takes them) and biases, in the network's order. */
function weightsOf(network: Sequential): OnnxTensor[] {
  const names = ["hidden.weight", "hidden.bias", "output.weight", "output.bias"];
  return network.getWeights().map((weight, index) => {
    const name = names[index];
    if (name === undefined) {
      throw new TypeError(`The network has more than ${names.length} weights.`);
    }
    return floats(name, weight.shape, weight.dataSync<"float32">());
  });
}
