import { describe, expect, it } from "vitest";
import { checkInputs, checkOutputs } from "#service/inference/engine/check-inputs.js";
import type { Tensor, TensorSpec } from "#service/tensors/tensor.js";
import { floats } from "./repository-fixture.js";

const SPECS: readonly TensorSpec[] = [
  { name: "a", datatype: "FP32", shape: [-1, 2] },
  { name: "b", datatype: "INT64", shape: [-1] },
];
const A = floats([1, 2], [1, 2]);
const B: Tensor = { datatype: "INT64", shape: [1], data: BigInt64Array.of(9007199254740993n) };

function fault(path: string, message: RegExp): unknown {
  return expect.objectContaining({
    code: "invalid_input",
    status: 400,
    path,
    message: expect.stringMatching(message) as string,
  });
}

describe("inputs", () => {
  it("come out in the model's order", () => {
    expect(checkInputs(SPECS, true, { b: B, a: A })).toEqual([A, B]);
  });

  it.each<[string, Record<string, Tensor>, string, RegExp]>([
    ["a missing input", { a: A }, "inputs", /Input 'b' is missing; the request has 'a'/],
    ["an unknown input", { a: A, b: B, c: A }, "inputs[2].name", /no input 'c'; it has 'a', 'b'/],
    [
      "another datatype",
      { a: { datatype: "FP64", shape: [1, 2], data: Float64Array.of(1, 2) }, b: B },
      "inputs[0].datatype",
      /FP64; the model takes FP32/,
    ],
    [
      "another length",
      { b: B, a: floats([1, 3], [1, 2, 3]) },
      "inputs[1].shape",
      /\[1, 3\]; the model takes \[rows, 2\]/,
    ],
    ["another rank", { a: floats([2], [1, 2]), b: B }, "inputs[0].shape", /shape \[2\]/],
    ["no rows", { a: floats([0, 2], []), b: B }, "inputs[0].shape", /\[0, 2\]/],
    ["a negative dimension", { a: floats([-1, 2], [1, 2]), b: B }, "inputs[0].shape", /\[-1, 2\]/],
    ["a broken dimension", { a: floats([0.5, 2], [1]), b: B }, "inputs[0].shape", /\[0.5, 2\]/],
    [
      "a shape beyond all memory",
      { a: floats([2 ** 53 - 1, 2], [1, 2]), b: { ...B, shape: [2 ** 53 - 1, ...B.shape.slice(1)] } },
      "inputs[0].data",
      /has 2 elements/,
    ],
    [
      "too few elements",
      { a: floats([1, 2], [1]), b: B },
      "inputs[0].data",
      /1 elements; its shape \[1, 2\] has 2/,
    ],
    ["unequal rows", { a: floats([2, 2], [1, 2, 3, 4]), b: B }, "inputs[1].shape", /another number of rows/],
  ])("with %s are refused by path", (_, inputs, path, message) => {
    expect(() => checkInputs(SPECS, true, inputs)).toThrow(fault(path, message));
  });

  it("may have no rows where the first dimension is not the batch", () => {
    const specs: TensorSpec[] = [{ name: "a", datatype: "FP32", shape: [-1] }];
    expect(checkInputs(specs, false, { a: floats([0], []) })).toHaveLength(1);
  });

  it("are not taken from the prototype of an object", () => {
    const specs: TensorSpec[] = [{ name: "constructor", datatype: "FP32", shape: [-1] }];
    expect(() => checkInputs(specs, false, {})).toThrow(fault("inputs", /'constructor' is missing/));
  });
});

describe("wanted outputs", () => {
  it("must be the model's", () => {
    expect(() => checkOutputs(SPECS, ["a", "b"])).not.toThrow();
    expect(() => checkOutputs(SPECS, ["a", "z"])).toThrow(fault("outputs[1].name", /no output 'z'/));
  });
});
