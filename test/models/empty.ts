import { floats, ints, model, node, value } from "#service/onnx/build.js";
import { encodeModel } from "#service/onnx/write-model.js";

/** `constant` FLOAT [2] = 1, 2 and `number` INT64 [] = 7, of no input. */
export function noInputs(): Uint8Array {
  return encodeModel(
    model({
      name: "no-inputs",
      nodes: [node("Identity", ["pair"], ["constant"]), node("Identity", ["seven"], ["number"])],
      inputs: [],
      outputs: [value("constant", "FLOAT", [2]), value("number", "INT64", [])],
      initializers: [floats("pair", [2], [1, 2]), ints("seven", [], [7])],
    }),
  );
}
