import { ints, model, node, value } from "#service/onnx/build.js";
import { encodeModel } from "#service/onnx/write-model.js";

/**
 * Of `input` FLOAT [N, 2]: `same` [N, 2], `state` [2, N, 2] (it twice), `total` [] (its sum) and `found` [K, 2] (the
 * places of what is not zero). Only the first has the batch as its first dimension.
 */
export function manyOutputs(): Uint8Array {
  return encodeModel(
    model({
      name: "many-outputs",
      nodes: [
        node("Identity", ["input"], ["same"]),
        node("Unsqueeze", ["input", "first"], ["layer"]),
        node("Concat", ["layer", "layer"], ["state"], { axis: { kind: "int", value: 0 } }),
        node("ReduceSum", ["input"], ["total"], { keepdims: { kind: "int", value: 0 } }),
        node("NonZero", ["input"], ["places"]),
        node("Transpose", ["places"], ["found"]),
      ],
      inputs: [value("input", "FLOAT", ["N", 2])],
      outputs: [
        value("same", "FLOAT", ["N", 2]),
        value("state", "FLOAT", [2, "N", 2]),
        value("total", "FLOAT", []),
        value("found", "INT64", ["K", 2]),
      ],
      initializers: [ints("first", [1], [0])],
    }),
  );
}

/** `total` FLOAT []: the sum of `input` FLOAT [N, 2], and nothing else. */
export function onlyTotal(): Uint8Array {
  return encodeModel(
    model({
      name: "only-total",
      nodes: [node("ReduceSum", ["input"], ["total"], { keepdims: { kind: "int", value: 0 } })],
      inputs: [value("input", "FLOAT", ["N", 2])],
      outputs: [value("total", "FLOAT", [])],
      initializers: [],
    }),
  );
}
