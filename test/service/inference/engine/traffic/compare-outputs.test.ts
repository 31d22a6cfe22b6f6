import { describe, expect, it } from "vitest";
import { compareOutputs, type Answered } from "#service/inference/engine/traffic/compare-outputs.js";
import type { Classification } from "#service/models/model-config.js";
import type { Tensor } from "#service/tensors/tensor.js";
import { floats } from "../repository-fixture.js";

const postprocess: Classification = {
  kind: "classification",
  output: "scores",
  labels: ["a", "b"],
  scores: "probabilities",
  top: 1,
};

function answered(scores: Tensor, by: Classification | undefined = postprocess): Answered {
  return { outputs: { scores }, postprocess: by };
}

describe("outputs", () => {
  it("that are the same do not differ", async () => {
    const same = answered(floats([2, 2], [0.9, 0.1, 0.2, 0.8]));
    expect(await compareOutputs(same, same)).toEqual({
      rows: 2,
      flippedRows: 0,
      largest: 0,
      mean: 0,
      distances: [0, 0],
    });
  });

  it("differ by their values, and their rows by label and distance", async () => {
    const answer = answered(floats([2, 2], [1, 0, 0, 1]));
    const copy = answered(floats([2, 2], [0.5, 0.5, 1, 0]));
    const found = await compareOutputs(answer, copy);
    expect(found).toMatchObject({ rows: 2, flippedRows: 1, largest: 1, mean: 0.75 });
    expect(found.distances[0]).toBeCloseTo(0.557923, 5);
    expect(found.distances[1]).toBe(1);
  });

  it("without labels have values alone; other labels of the same scores are compared by name", async () => {
    const [one, other] = [floats([1, 2], [1, 0]), floats([1, 2], [0, 1])];
    const bare = { outputs: { scores: one }, postprocess: undefined };
    expect(await compareOutputs(bare, bare)).toMatchObject({ rows: 0, distances: [], mean: 0 });
    const turned = { ...postprocess, labels: ["b", "a"] };
    expect(await compareOutputs(answered(one), answered(other, turned))).toMatchObject({
      flippedRows: 0,
      distances: [],
    });
  });

  it("that are no numbers differ as much as can be, and spoil no mean", async () => {
    const answer = answered(floats([1, 2], [1, 0]));
    const nan = answered(floats([1, 2], [NaN, 0.5]));
    expect(await compareOutputs(answer, nan)).toMatchObject({
      flippedRows: 1,
      largest: Number.MAX_VALUE,
      mean: 0.5,
    });
    const none = answered(floats([1, 2], [NaN, NaN]));
    expect(await compareOutputs(answer, none)).toMatchObject({
      flippedRows: 1,
      mean: undefined,
      distances: [1],
    });
    expect(await compareOutputs(none, none)).toMatchObject({ flippedRows: 0, largest: 0, distances: [] });
  });

  it("of every datatype are compared; texts are not", async () => {
    const long = (value: bigint): Answered => ({
      outputs: { y: { datatype: "INT64", shape: [1], data: BigInt64Array.of(value) } },
      postprocess: undefined,
    });
    expect(await compareOutputs(long(3n), long(-2n))).toMatchObject({ largest: 5 });
    const half = (bits: number): Answered => ({
      outputs: { y: { datatype: "FP16", shape: [1], data: Uint16Array.of(bits) } },
      postprocess: undefined,
    });
    expect(await compareOutputs(half(0x3c00), half(0x4000))).toMatchObject({ largest: 1 });
    const text = (value: string): Answered => ({
      outputs: { y: { datatype: "BYTES", shape: [1], data: [value] } },
      postprocess: undefined,
    });
    expect(await compareOutputs(text("a"), text("b"))).toMatchObject({ largest: 0, mean: undefined });
  });

  it.each([
    ["of another shape", { outputs: { scores: floats([1, 3], [1, 0, 0]) }, postprocess }],
    ["that are missing", { outputs: {}, postprocess }],
  ])("%s cannot be compared", async (_, copy) => {
    await expect(compareOutputs(answered(floats([1, 2], [1, 0])), copy)).rejects.toThrow("Output 'scores'");
  });
});
