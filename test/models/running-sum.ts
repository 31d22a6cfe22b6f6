import { ints, model, node, value } from "#service/onnx/build.js";
import { encodeModel } from "#service/onnx/write-model.js";

/** `sums` [N, 2]: each row of `input` FLOAT [N, 2] plus all before it, so that rows cannot come from strangers. */
export function runningSum(): Uint8Array {
  return encodeModel(
    model({
      name: "running-sum",
      nodes: [node("CumSum", ["input", "axis"], ["sums"])],
      inputs: [value("input", "FLOAT", ["N", 2])],
      outputs: [value("sums", "FLOAT", ["N", 2])],
      initializers: [ints("axis", [], [0])],
    }),
  );
}
