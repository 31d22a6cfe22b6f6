import { floats, ints, model, node, value } from "#service/onnx/build.js";
import { encodeModel } from "#service/onnx/write-model.js";
import type { OnnxNode, OnnxTensor } from "#service/onnx/types.js";

/** `output` FLOAT [N, 3] of `input` FLOAT [N, 3], by `nodes` that begin with "input" and end with `output`. */
function threeOfThree(
  output: string,
  nodes: readonly OnnxNode[],
  initializers: readonly OnnxTensor[] = [],
): Uint8Array {
  return encodeModel(
    model({
      name: "three-of-three",
      nodes,
      inputs: [value("input", "FLOAT", ["N", 3])],
      outputs: [value(output, "FLOAT", ["N", 3])],
      initializers,
    }),
  );
}

/** Rows that sum to 1, made without a Softmax. */
export function probabilities(): Uint8Array {
  return threeOfThree(
    "output",
    [
      node("Sigmoid", ["input"], ["positive"]),
      node("ReduceSum", ["positive", "axes"], ["total"], { keepdims: { kind: "int", value: 1 } }),
      node("Div", ["positive", "total"], ["output"]),
    ],
    [ints("axes", [1], [1])],
  );
}

/** Rows of length 1. */
export function embedding(): Uint8Array {
  return threeOfThree("output", [
    node("LpNormalization", ["input"], ["output"], {
      axis: { kind: "int", value: 1 },
      p: { kind: "int", value: 2 },
    }),
  ]);
}

/** Any numbers, under a name. */
export function measures(output: string): Uint8Array {
  return threeOfThree(output, [node("Mul", ["input", "two"], [output])], [floats("two", [], [2])]);
}

/** `label` INT64 [N], 10, 20 or 30 by the highest of `probabilities` [N, 3]. */
export function namesTens(): Uint8Array {
  return encodeModel(
    model({
      name: "names-tens",
      nodes: [
        node("Softmax", ["input"], ["probabilities"]),
        node("ArgMax", ["input"], ["best"], {
          axis: { kind: "int", value: 1 },
          keepdims: { kind: "int", value: 0 },
        }),
        node("Gather", ["tens", "best"], ["label"]),
      ],
      inputs: [value("input", "FLOAT", ["N", 3])],
      outputs: [value("label", "INT64", ["N"]), value("probabilities", "FLOAT", ["N", 3])],
      initializers: [ints("tens", [3], [10, 20, 30])],
    }),
  );
}

/** `output` = Relu of `input`, FLOAT [N, 3], and `parts`, a sequence. In bytes, for this program writes tensors only. */
export function withSequence(): Uint8Array {
  return Buffer.from(
    "CAg6hQEKFQoFaW5wdXQSBm91dHB1dCIEUmVsdQohCgVpbnB1dBIFcGFydHMiEVNlcXVlbmNlQ29uc3RydWN0EgFnWhgKBWlucHV0Eg8KDQgBEgkKAxIBTgoCCANiGQoGb3V0cHV0Eg8KDQgBEgkKAxIBTgoCCANiEQoFcGFydHMSCCIGCgQKAggBQgQKABAR",
    "base64",
  );
}

/** Four rows, each added to those before it: FLOAT [4, 2]. */
export function fixedRunningSum(): Uint8Array {
  return encodeModel(
    model({
      name: "fixed-running-sum",
      nodes: [node("CumSum", ["input", "axis"], ["output"])],
      inputs: [value("input", "FLOAT", [4, 2])],
      outputs: [value("output", "FLOAT", [4, 2])],
      initializers: [ints("axis", [], [0])],
    }),
  );
}

/** ONNX Runtime 1.30 divides by 0, and ends the process, when a picture is one pixel large: FLOAT [N, 16, H, W]. */
export function endsTheProcess(): Uint8Array {
  return encodeModel(
    model({
      name: "ends-the-process",
      nodes: [
        node("MaxPool", ["input"], ["pooled"], {
          kernel_shape: { kind: "ints", value: [3, 3] },
          strides: { kind: "ints", value: [2, 2] },
        }),
        node("Conv", ["pooled", "weights"], ["output"]),
      ],
      inputs: [value("input", "FLOAT", ["N", 16, "H", "W"])],
      outputs: [value("output", "FLOAT", ["N", 16, "H2", "W2"])],
      initializers: [floats("weights", [16, 16, 1, 1], new Array<number>(256).fill(1))],
    }),
  );
}
