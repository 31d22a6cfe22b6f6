import { describe, expect, it } from "vitest";
import { batchDimension } from "#service/inference/engine/batching/batch-dimension.js";
import type { DeclaredTensor } from "#service/inference/engine/session/session.js";

function declare(...dimensions: (number | string)[]): DeclaredTensor {
  return {
    name: "t",
    datatype: "FP32",
    shape: dimensions.map((dimension) => (typeof dimension === "number" ? dimension : -1)),
    symbols: dimensions.map((dimension) => (typeof dimension === "string" ? dimension : "")),
  };
}

const UNBATCHED = { batched: false, fixedRows: undefined };

describe("the batch dimension", () => {
  it("is dimension 0 when that is dynamic everywhere", () => {
    const found = batchDimension([declare("N", 3), declare("N", "F")], [declare("M", 2)], undefined);
    expect(found).toMatchObject({ batched: true, fixedRows: undefined });
  });

  it("is dimension 0 when that is 1 everywhere: one row a run", () => {
    expect(batchDimension([declare(1, 3)], [declare(1, 2)], undefined)).toMatchObject({
      batched: true,
      fixedRows: 1,
    });
  });

  it("is a larger fixed one only when the configuration says so, for it may be a matrix", () => {
    expect(batchDimension([declare(8, 3)], [declare(8, 2)], undefined)).toMatchObject(UNBATCHED);
    expect(batchDimension([declare(8, 3)], [declare(8, 2)], true)).toMatchObject({
      batched: true,
      fixedRows: 8,
    });
  });

  it.each([
    ["Dimension 0 has several names: N, M.", [declare("N", 3), declare("M", 3)], [declare("N", 2)]],
    ["Dimension 0 differs between inputs and outputs.", [declare("N", 3)], [declare(1, 2)]],
    ["A tensor has no dimension.", [declare("N", 3)], [declare()]],
    ["The graph has no input that must be given.", [], [declare(1)]],
  ])("is absent when %s, and tells it", (reason, inputs, outputs) => {
    const { apart, ...found } = batchDimension(inputs, outputs, undefined);
    expect(found).toEqual(UNBATCHED);
    expect(apart).toContain(reason);
    expect(() => batchDimension(inputs, outputs, true)).toThrow(/batched is true, but/);
  });

  it("is absent when the configuration says so", () => {
    expect(batchDimension([declare("N")], [declare("N")], false)).toMatchObject(UNBATCHED);
  });
});
