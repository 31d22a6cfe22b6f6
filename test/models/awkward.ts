import { floats, ints, model, node, value } from "#service/onnx/build.js";
import type { OnnxGraph } from "#service/onnx/types.js";
import { encodeModel } from "#service/onnx/write-model.js";

/** Models that are valid and refuse zeros, or whose work depends on what their inputs hold. */

/** `quotient` INT64 [N] = `numerator` / `divisor`: there is no quotient by 0. */
export function divides(): Uint8Array {
  return encodeModel(
    model({
      name: "divides",
      nodes: [node("Div", ["numerator", "divisor"], ["quotient"])],
      inputs: [value("numerator", "INT64", ["N"]), value("divisor", "INT64", ["N"])],
      outputs: [value("quotient", "INT64", ["N"])],
      initializers: [],
    }),
  );
}

/** `value` FLOAT [N] of `id` INT64 [N]: ids 0 to 2 are reserved, and are out of the table; 3, 4, 5 give 10, 20, 30. */
export function reservedIds(): Uint8Array {
  return encodeModel(
    model({
      name: "reserved-ids",
      nodes: [
        node("Sub", ["id", "reserved"], ["shifted"]),
        // A negative place counts from the end, so that all that are reserved must lie beyond it.
        node("Mul", ["shifted", "ten"], ["place"]),
        node("Gather", ["table", "place"], ["value"]),
      ],
      inputs: [value("id", "INT64", ["N"])],
      outputs: [value("value", "FLOAT", ["N"])],
      initializers: [
        ints("reserved", [], [3]),
        ints("ten", [], [10]),
        floats("table", [21], [10, ...Array<number>(9).fill(0), 20, ...Array<number>(9).fill(0), 30]),
      ],
    }),
  );
}

/** `picture` FLOAT [1, 1, H, W] resized to `sizes` INT64 [4], each of which must be at least 1. */
export function resizes(): Uint8Array {
  return encodeModel(
    model({
      name: "resizes",
      nodes: [
        node("Resize", ["picture", "", "", "sizes"], ["resized"], {
          mode: { kind: "string", value: "nearest" },
        }),
      ],
      inputs: [value("picture", "FLOAT", [1, 1, "H", "W"]), value("sizes", "INT64", [4])],
      outputs: [value("resized", "FLOAT", [1, 1, "h", "w"])],
      initializers: [],
    }),
  );
}

/** `means` FLOAT [1, 1] of windows of 7 by 7 of `picture` [1, 1, H, W], which must be as large as one. */
export function windows(): Uint8Array {
  return encodeModel(
    model({
      name: "windows",
      nodes: [
        node("AveragePool", ["picture"], ["pooled"], { kernel_shape: { kind: "ints", value: [7, 7] } }),
        node("GlobalAveragePool", ["pooled"], ["mean"]),
        node("Flatten", ["mean"], ["means"]),
      ],
      inputs: [value("picture", "FLOAT", [1, 1, "H", "W"])],
      outputs: [value("means", "FLOAT", [1, 1])],
      initializers: [],
    }),
  );
}

/** Refuses whatever it is given but 42: `value` FLOAT [1] of `id` INT64 [1]. */
export function onlyFortyTwo(): Uint8Array {
  return encodeModel(
    model({
      name: "only-forty-two",
      nodes: [
        node("Sub", ["id", "wanted"], ["off"]),
        node("Mul", ["off", "far"], ["place"]),
        node("Gather", ["table", "place"], ["value"]),
      ],
      inputs: [value("id", "INT64", [1])],
      outputs: [value("value", "FLOAT", [1])],
      initializers: [ints("wanted", [], [42]), ints("far", [], [1000]), floats("table", [1], [7])],
    }),
  );
}

/** A detector with suppression inside: `found` INT64 [K, 3] of `boxes` FLOAT [1, B, 4] and `scores` FLOAT [1, 1, B]. */
export function detector(): Uint8Array {
  return encodeModel(
    model({
      name: "detector",
      nodes: [node("NonMaxSuppression", ["boxes", "scores", "most", "overlap", "score"], ["found"])],
      inputs: [value("boxes", "FLOAT", ["N", "B", 4]), value("scores", "FLOAT", ["N", 1, "B"])],
      outputs: [value("found", "INT64", ["num_dets", 3])],
      initializers: [ints("most", [1], [100]), floats("overlap", [1], [0.5]), floats("score", [1], [0.5])],
    }),
  );
}

/** `output` FLOAT [1] = `input`, added up for as long as `going` BOOL [] says: once, or without end. */
export function endless(): Uint8Array {
  const body: OnnxGraph = {
    name: "body",
    nodes: [
      node("Identity", ["condition"], ["again"]),
      node("Add", ["sum", "sum"], ["doubled"]),
      node("Mul", ["doubled", "half"], ["next"]),
    ],
    inputs: [value("turn", "INT64", []), value("condition", "BOOL", []), value("sum", "FLOAT", [1])],
    outputs: [value("again", "BOOL", []), value("next", "FLOAT", [1])],
    initializers: [floats("half", [], [0.5])],
  };
  return encodeModel(
    model({
      name: "endless",
      nodes: [node("Loop", ["", "going", "input"], ["output"], { body: { kind: "graph", value: body } })],
      inputs: [value("going", "BOOL", []), value("input", "FLOAT", [1])],
      outputs: [value("output", "FLOAT", [1])],
      initializers: [],
    }),
  );
}

/** `output` FLOAT [N, 1, L] = the mean over products of L by L matrices made of `input` [N, L]: time and memory grow with L. */
export function grows(): Uint8Array {
  return encodeModel(
    model({
      name: "grows",
      nodes: [
        node("Unsqueeze", ["input", "last"], ["column"]),
        node("Unsqueeze", ["input", "first"], ["row"]),
        node("MatMul", ["column", "row"], ["square"]),
        node("Softmax", ["square"], ["weights"]),
        node("MatMul", ["weights", "square"], ["mixed"]),
        node("ReduceMean", ["mixed"], ["output"], { axes: { kind: "ints", value: [1] } }),
      ],
      inputs: [value("input", "FLOAT", ["N", "length"])],
      outputs: [value("output", "FLOAT", ["N", 1, "length"])],
      initializers: [ints("last", [1], [2]), ints("first", [1], [1])],
    }),
  );
}

/** `likeness` FLOAT [N, N] of each row of `input` [N, 4] to each: rows touch, and memory grows with the square of their number. */
export function likeness(): Uint8Array {
  return encodeModel(
    model({
      name: "likeness",
      nodes: [
        node("Transpose", ["input"], ["turned"], { perm: { kind: "ints", value: [1, 0] } }),
        node("MatMul", ["input", "turned"], ["likeness"]),
      ],
      inputs: [value("input", "FLOAT", ["N", 4])],
      outputs: [value("likeness", "FLOAT", ["N", "N"])],
      initializers: [],
    }),
  );
}
