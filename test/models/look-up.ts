import { floats, model, node, value } from "#service/onnx/build.js";
import { encodeModel } from "#service/onnx/write-model.js";

/** `value` FLOAT [N] = 10, 20 or 30, at `index` INT64 [N]: fails for an index that is not 0, 1 or 2. */
export function lookUp(): Uint8Array {
  return encodeModel(
    model({
      name: "look-up",
      nodes: [node("Gather", ["table", "index"], ["value"])],
      inputs: [value("index", "INT64", ["N"])],
      outputs: [value("value", "FLOAT", ["N"])],
      initializers: [floats("table", [3], [10, 20, 30])],
    }),
  );
}
