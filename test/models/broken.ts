import { model, node, value } from "#service/onnx/build.js";
import { encodeModel } from "#service/onnx/write-model.js";
import { identity } from "./arithmetic.js";

/** Text where a model should be. */
export function broken(): Uint8Array {
  return Buffer.from("This is not a model.\n");
}

/** A model whose file ends half way, as after an interrupted copy. */
export function truncated(): Uint8Array {
  const whole = identity();
  return whole.subarray(0, whole.length / 2);
}

/** `output` [N, 3] = `input` [N, 3] + weights that lie in `file`. */
export function withWeightsIn(file: string): Uint8Array {
  return encodeModel(
    model({
      name: "weights",
      nodes: [node("Add", ["input", "weights"], ["output"])],
      inputs: [value("input", "FLOAT", ["N", 3])],
      outputs: [value("output", "FLOAT", ["N", 3])],
      initializers: [
        {
          name: "weights",
          elementType: "FLOAT",
          shape: [3],
          data: { kind: "external", entries: { location: file, offset: "0", length: "12" } },
        },
      ],
    }),
  );
}
