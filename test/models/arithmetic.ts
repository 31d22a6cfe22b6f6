import { floats, ints, model, node, value } from "#service/onnx/build.js";
import type { ElementType } from "#service/onnx/element-type.js";
import { encodeModel } from "#service/onnx/write-model.js";
import type { OnnxDimension } from "#service/onnx/types.js";

/** `output` = `input`: of every element type, by default shape [N, 3]. */
export function identity(
  elementType: ElementType = "FLOAT",
  shape: readonly OnnxDimension[] = ["N", 3],
): Uint8Array {
  return encodeModel(
    model({
      name: "identity",
      nodes: [node("Identity", ["input"], ["output"])],
      inputs: [value("input", elementType, shape)],
      outputs: [value("output", elementType, shape)],
      initializers: [],
    }),
  );
}

/** `sum` = `a` + `b` and `difference` = `a` - `b`: FLOAT [N, 4]. */
export function add(): Uint8Array {
  return encodeModel(
    model({
      name: "add",
      nodes: [node("Add", ["a", "b"], ["sum"]), node("Sub", ["a", "b"], ["difference"])],
      inputs: [value("a", "FLOAT", ["N", 4]), value("b", "FLOAT", ["N", 4])],
      outputs: [value("sum", "FLOAT", ["N", 4]), value("difference", "FLOAT", ["N", 4])],
      initializers: [],
    }),
  );
}

/** A regression over rows of any length: `prediction` [N, 1] = 2 x the sum of `features` [N, F] + 1. */
export function sumOfRow(): Uint8Array {
  return encodeModel(
    model({
      name: "sum-of-row",
      nodes: [
        node("ReduceSum", ["features", "axes"], ["total"], { keepdims: { kind: "int", value: 1 } }),
        node("Mul", ["total", "slope"], ["scaled"]),
        node("Add", ["scaled", "intercept"], ["prediction"]),
      ],
      inputs: [value("features", "FLOAT", ["N", "F"])],
      outputs: [value("prediction", "FLOAT", ["N", 1])],
      initializers: [ints("axes", [1], [1]), floats("slope", [], [2]), floats("intercept", [], [1])],
    }),
  );
}

/** `output` = `input` + 1 for exactly four rows: FLOAT [4, 2]. */
export function fixedBatch(): Uint8Array {
  return encodeModel(
    model({
      name: "fixed-batch",
      nodes: [node("Add", ["input", "one"], ["output"])],
      inputs: [value("input", "FLOAT", [4, 2])],
      outputs: [value("output", "FLOAT", [4, 2])],
      initializers: [floats("one", [], [1])],
    }),
  );
}

/**
 * `output` [N, 1] = `input` [N, 1] after `layers` products of [size, size] matrices: time grows with layers x size^2 x N,
 * size^3 when the rows are widened, as here. 20 layers of 512 take some 0.1 s a row on one core.
 */
export function slow(layers = 20, size = 512): Uint8Array {
  const names = Array.from({ length: layers + 1 }, (_, layer) => `layer${layer}`);
  const products = names
    .slice(1)
    .map((name, index) => node("MatMul", [`layer${index}`, "averaging"], [name]));
  return encodeModel(
    model({
      name: "slow",
      nodes: [
        node("Unsqueeze", ["input", "last"], ["column"]),
        node("Expand", ["column", "square"], ["layer0"]),
        ...products,
        node("ReduceMean", [`layer${layers}`], ["output"], {
          axes: { kind: "ints", value: [2] },
          keepdims: { kind: "int", value: 0 },
        }),
      ],
      inputs: [value("input", "FLOAT", ["N", 1])],
      outputs: [value("output", "FLOAT", ["N", size])],
      initializers: [
        ints("last", [1], [2]),
        ints("square", [3], [1, size, size]),
        floats("averaging", [size, size], new Float32Array(size * size).fill(1 / size)),
      ],
    }),
  );
}
