import { describe, expect, it } from "vitest";
import { trialRefutes } from "#service/inference/engine/loading/row-trial.js";
import type { DeclaredTensor, Session } from "#service/inference/engine/session/session.js";
import type { Tensor } from "#service/tensors/tensor.js";

const declared: DeclaredTensor = { name: "x", datatype: "FP32", shape: [-1, 3], symbols: ["N", ""] };

/** A graph of floats [N, 3] to floats of the same shape. */
function graph(compute: (rows: Float32Array, count: number) => Float32Array): Session {
  return {
    inputs: [declared],
    outputs: [declared],
    unservedOutputs: [],
    threaded: false,
    run: ([input]) =>
      Promise.resolve([
        { ...input, data: compute(input?.data as Float32Array, input?.shape[0] ?? 0) } as Tensor,
      ]),
    release: () => Promise.resolve(),
  };
}

describe("rows", () => {
  it("are found to be mixed where one alone gives something else", async () => {
    const meanOfAll = graph((rows) => rows.map(() => rows.reduce((sum, value) => sum + value) / rows.length));
    expect(await trialRefutes(meanOfAll)).toBe(true);
  });

  it("are not found to be mixed by rounding, nor where there is no input to try with", async () => {
    expect(await trialRefutes(graph((rows, count) => rows.map((value) => value * (1 + count * 1e-3))))).toBe(
      false,
    );
    const picky = graph(() => {
      throw new Error("no such index");
    });
    expect(await trialRefutes(picky)).toBe(false);
  });
});
