import { describe, expect, it } from "vitest";
import { floats, ints, mlNode, model, node, value } from "#service/onnx/build.js";
import { decodeModel } from "#service/onnx/read-model.js";
import { analyseRows, type RowVerdict } from "#service/onnx/rows/analyse-rows.js";
import type { OnnxAttribute, OnnxDimension, OnnxNode, OnnxTensor } from "#service/onnx/types.js";
import { encodeModel } from "#service/onnx/write-model.js";

interface Sketch {
  /** Shape of the input `x`. */
  readonly shape?: readonly OnnxDimension[];
  readonly integer?: boolean;
  readonly constants?: readonly OnnxTensor[];
}

/** The verdict on a graph of `x` to `y`, written and read as a file. */
function verdict(nodes: readonly OnnxNode[], sketch: Sketch = {}): RowVerdict {
  const { shape = ["N", 6], integer = false, constants = [] } = sketch;
  const graph = {
    name: "g",
    nodes,
    inputs: [value("x", integer ? "INT64" : "FLOAT", shape)],
    outputs: [{ ...value("y", "FLOAT", []), shape: undefined }],
    initializers: constants,
  };
  return analyseRows(decodeModel(encodeModel(model(graph))));
}

function int(number: number): OnnxAttribute {
  return { kind: "int", value: number };
}

function list(...numbers: number[]): OnnxAttribute {
  return { kind: "ints", value: numbers };
}

function weight(name: string, ...shape: number[]): OnnxTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return floats(name, shape, new Array<number>(count).fill(0.5));
}

/** A transformer's reshape into heads: [N, S, 8] to [N, 4, S, 2], by the sizes that Shape gives. */
function heads(from: string, to: string): OnnxNode[] {
  return [
    node("Shape", [from], [`${to}.shape`]),
    node("Gather", [`${to}.shape`, "zero"], [`${to}.n`]),
    node("Gather", [`${to}.shape`, "one"], [`${to}.s`]),
    node("Concat", [`${to}.n`, `${to}.s`, "four", "two"], [`${to}.to`], { axis: int(0) }),
    node("Reshape", [from, `${to}.to`], [`${to}.split`]),
    node("Transpose", [`${to}.split`], [to], { perm: list(0, 2, 1, 3) }),
  ];
}

const HEAD_CONSTANTS = [
  ints("zero", [1], [0]),
  ints("one", [1], [1]),
  ints("four", [1], [4]),
  ints("two", [1], [2]),
];

const PROVED: readonly [what: string, nodes: readonly OnnxNode[], sketch?: Sketch][] = [
  [
    "a perceptron",
    [
      node("Gemm", ["x", "w", "b"], ["h"]),
      node("Relu", ["h"], ["r"]),
      node("Softmax", ["r"], ["y"], { axis: int(1) }),
    ],
    { constants: [weight("w", 6, 4), weight("b", 4)] },
  ],
  [
    "a convolution with pooling",
    [
      node("Conv", ["x", "k"], ["c"], { kernel_shape: list(3, 3), dilations: list(2, 2) }),
      node("MaxPool", ["c"], ["p"], { kernel_shape: list(2, 2) }),
      node("GlobalAveragePool", ["p"], ["g"]),
      node("Flatten", ["g"], ["y"], { axis: int(1) }),
    ],
    { shape: ["N", 3, 32, 32], constants: [weight("k", 8, 3, 3, 3)] },
  ],
  [
    "a shuffle of channels",
    [
      node("Reshape", ["x", "five"], ["s"]),
      node("Transpose", ["s"], ["t"], { perm: list(0, 2, 1, 3, 4) }),
      node("Reshape", ["t", "back"], ["y"]),
    ],
    {
      shape: ["N", 4, 8, 8],
      constants: [ints("five", [5], [-1, 2, 2, 8, 8]), ints("back", [4], [-1, 4, 8, 8])],
    },
  ],
  [
    "attention of each row to itself",
    [
      ...heads("x", "q"),
      ...heads("x", "k"),
      node("Transpose", ["k"], ["kt"], { perm: list(0, 1, 3, 2) }),
      node("MatMul", ["q", "kt"], ["scores"]),
      node("Softmax", ["scores"], ["y"], { axis: int(-1) }),
    ],
    { shape: ["N", "S", 8], constants: HEAD_CONSTANTS },
  ],
  [
    "a mask of the batch's size",
    [
      node("Shape", ["x"], ["shape"]),
      node("ConstantOfShape", ["shape"], ["mask"]),
      node("Add", ["x", "mask"], ["y"]),
    ],
  ],
  [
    "embeddings",
    [node("Gather", ["table", "x"], ["y"])],
    { integer: true, constants: [weight("table", 9, 4)] },
  ],
  [
    "static quantisation",
    [node("QuantizeLinear", ["x", "scale"], ["q"]), node("DequantizeLinear", ["q", "scale"], ["y"])],
    { constants: [weight("scale")] },
  ],
  [
    "trees of classical models",
    [
      mlNode("Scaler", ["x"], ["s"], {
        offset: { kind: "floats", value: [0] },
        scale: { kind: "floats", value: [1] },
      }),
      mlNode("Normalizer", ["s"], ["y"], { norm: { kind: "string", value: "L2" } }),
    ],
  ],
  ["a sum over each row", [node("CumSum", ["x", "axis"], ["y"])], { constants: [ints("axis", [], [1])] }],
];

const REFUSED: readonly [operator: string, nodes: readonly OnnxNode[], sketch?: Sketch][] = [
  ["CumSum", [node("CumSum", ["x", "axis"], ["y"])], { constants: [ints("axis", [], [0])] }],
  ["Softmax", [node("Softmax", ["x"], ["y"], { axis: int(0) })]],
  [
    "ReduceMean",
    [node("ReduceMean", ["x"], ["m"], { axes: list(0), keepdims: int(1) }), node("Sub", ["x", "m"], ["y"])],
  ],
  ["TopK", [node("TopK", ["x", "k"], ["y", "at"], { axis: int(0) })], { constants: [ints("k", [1], [1])] }],
  [
    "DynamicQuantizeLinear",
    [node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]), node("DequantizeLinear", ["q", "s", "z"], ["y"])],
  ],
  ["MatMul", [node("Transpose", ["x"], ["t"], { perm: list(1, 0) }), node("MatMul", ["x", "t"], ["y"])]],
  [
    "Conv",
    [
      node("Transpose", ["x"], ["t"], { perm: list(1, 0) }),
      node("Unsqueeze", ["t", "axis"], ["u"]),
      node("Conv", ["u", "k"], ["c"], { kernel_shape: list(3), dilations: list(7), pads: list(7, 7) }),
      node("Squeeze", ["c", "axis"], ["f"]),
      node("Transpose", ["f"], ["y"], { perm: list(1, 0) }),
    ],
    { constants: [ints("axis", [1], [1]), weight("k", 1, 1, 3)] },
  ],
  [
    "BatchNormalization",
    [node("BatchNormalization", ["x", "a", "a", "a", "a"], ["y", "m", "v"], { training_mode: int(1) })],
    { constants: [weight("a", 6)] },
  ],
  ["RandomNormalLike", [node("RandomNormalLike", ["x"], ["r"]), node("Add", ["x", "r"], ["y"])]],
  ["NonZero", [node("NonZero", ["x"], ["y"])]],
  ["Mystery", [node("Mystery", ["x"], ["y"])]],
];

describe("rows are proved apart", () => {
  it.each(PROVED)("in %s", (_, nodes, sketch) => {
    expect(verdict(nodes, sketch)).toEqual({ kind: "proved" });
  });
});

describe("rows are not proved apart", () => {
  it.each(REFUSED)("by %s, which is named in a sentence", (operator, nodes, sketch) => {
    const found = verdict(nodes, sketch);
    expect(found).toMatchObject({ operator });
    expect(found.kind).not.toBe("proved");
    expect("reason" in found && found.reason).toMatch(/^[A-Z].*\.$/s);
  });

  it("where the number of rows becomes a value", () => {
    const found = verdict([
      node("Shape", ["x"], ["shape"], { end: int(1) }),
      node("Cast", ["shape"], ["count"], { to: int(1) }),
      node("Div", ["x", "count"], ["y"]),
    ]);
    expect(found.kind).not.toBe("proved");
  });

  it("where an output has no rows", () => {
    const found = verdict([node("ReduceSum", ["x", "axes"], ["y"], { keepdims: int(0) })], {
      constants: [ints("axes", [2], [0, 1])],
    });
    expect(found.kind).not.toBe("proved");
  });
});
