import { describe, expect, it } from "vitest";
import { concatRows, RowJoiner, takeRows } from "#service/tensors/joined-rows.js";
import type { Tensor } from "#service/tensors/tensor.js";
import { floats } from "../inference/engine/repository-fixture.js";

function words(shape: number[], data: string[]): Tensor {
  return { datatype: "BYTES", shape, data };
}

describe("joining rows", () => {
  it("puts every input's rows one after another", () => {
    const joined = new RowJoiner().join(
      [
        [floats([1, 2], [1, 2]), words([1], ["a"])],
        [floats([2, 2], [3, 4, 5, 6]), words([2], ["b", "c"])],
      ],
      3,
    );
    expect(joined).toEqual([floats([3, 2], [1, 2, 3, 4, 5, 6]), words([3], ["a", "b", "c"])]);
  });

  it("passes a lone request's tensors on as they are", () => {
    const request = [floats([2, 2], [1, 2, 3, 4])];
    expect(new RowJoiner().join([request], 2)).toBe(request);
  });

  it("fills a fixed batch up with copies of the first row", () => {
    const joined = new RowJoiner().join([[floats([1, 2], [7, 8])], [floats([1, 2], [9, 10])]], 4);
    expect(joined).toEqual([floats([4, 2], [7, 8, 9, 10, 7, 8, 7, 8])]);
  });

  it("keeps its buffers from batch to batch, whatever their sizes", () => {
    const joiner = new RowJoiner();
    const row = (value: number): Tensor[] => [floats([1, 1], [value])];
    const large = joiner.join([row(1), row(2), row(3)], 3);
    const small = joiner.join([row(4), row(5)], 2);
    expect(small).toEqual([floats([2, 1], [4, 5])]);
    const buffers = [large, small].map(([tensor]) => (tensor?.data as Float32Array).buffer);
    expect(buffers[1]).toBe(buffers[0]);
  });
});

describe("taking rows", () => {
  it("gives a view of numbers and a copy of strings", () => {
    const whole = floats([3, 2], [1, 2, 3, 4, 5, 6]);
    const taken = takeRows(whole, 1, 2);
    expect(taken).toEqual(floats([2, 2], [3, 4, 5, 6]));
    expect((taken.data as Float32Array).buffer).toBe((whole.data as Float32Array).buffer);
    expect(takeRows(words([3], ["a", "b", "c"]), 1, 1)).toEqual(words([1], ["b"]));
  });

  it("undoes joining", () => {
    const parts = [floats([1, 2], [1, 2]), floats([3, 2], [3, 4, 5, 6, 7, 8])];
    const whole = concatRows(parts);
    expect([takeRows(whole, 0, 1), takeRows(whole, 1, 3)]).toEqual(parts);
  });
});
