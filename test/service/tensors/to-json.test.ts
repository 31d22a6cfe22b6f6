import { describe, expect, it } from "vitest";
import type { Tensor } from "#service/tensors/tensor.js";
import { flatJson, nestedJson } from "#service/tensors/to-json.js";

function tensor(shape: readonly number[], data: number[]): Tensor {
  return { datatype: "FP64", shape, data: Float64Array.from(data) };
}

function nested(shape: readonly number[], data: number[]): string {
  return [...nestedJson(tensor(shape, data), "null")].join("");
}

describe("a tensor as nested JSON", () => {
  it.each<[number[], string]>([
    [[], "1"],
    [[6], "[1,2,3,4,5,6]"],
    [[2, 3], "[[1,2,3],[4,5,6]]"],
    [[1, 2, 3], "[[[1,2,3],[4,5,6]]]"],
    [[3, 2, 1], "[[[1],[2]],[[3],[4]],[[5],[6]]]"],
    [[1, 1, 6], "[[[1,2,3,4,5,6]]]"],
    [[0], "[]"],
    [[0, 3], "[]"],
    [[2, 0], "[[],[]]"],
    [[2, 0, 4], "[[],[]]"],
    [[2, 1, 0], "[[[]],[[]]]"],
  ])("of shape %j", (shape, expected) => {
    expect(nested(shape, [1, 2, 3, 4, 5, 6].slice(0, shape.includes(0) ? 0 : 6))).toBe(expected);
  });

  it("comes in pieces, however long its rows are", () => {
    const values = Array.from({ length: 30_000 }, (_, index) => index / 7);
    for (const shape of [[30_000], [1, 30_000], [3, 10_000], [10_000, 3]]) {
      const pieces = [...nestedJson(tensor(shape, values), "null")];
      expect((JSON.parse(pieces.join("")) as unknown[]).flat(2)).toEqual(values);
      expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(100_000);
    }
  });
});

it("Flat JSON has the values from one place to another", () => {
  expect([...flatJson(tensor([4], [1, 2, NaN, 4]), "null", 1, 3)].join("")).toBe("[2,null]");
});
