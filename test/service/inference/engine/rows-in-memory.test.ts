import { describe, expect, it } from "vitest";
import { rowsInMemory } from "#service/inference/engine/rows-in-memory.js";
import type { Tensor } from "#service/tensors/tensor.js";

const MEGABYTE = 1e6;
const row: Tensor = { datatype: "FP32", shape: [1, 250_000], data: new Float32Array(250_000) };
/** A graph that gives what it takes, and copies nothing. */
const memory = {
  bytes: ([shape = []]: readonly (readonly number[])[]) => 4 * (shape[0] ?? 0) * (shape[1] ?? 0),
};

describe("the rows that may run at once", () => {
  it("are those whose copies have room beside what the graph needs", () => {
    expect(rowsInMemory(memory, 32 * MEGABYTE, { batched: true, maxRows: 32 })([row])).toBe(8);
    expect(rowsInMemory(memory, 1000 * MEGABYTE, { batched: true, maxRows: 32 })([row])).toBe(32);
  });

  it("are none where not even one has room", () => {
    expect(() => rowsInMemory(memory, 3 * MEGABYTE, { batched: true, maxRows: 32 })([row])).toThrow(
      /MAX_RUN_BYTES/,
    );
  });
});
