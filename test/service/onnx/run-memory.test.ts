import { describe, expect, it } from "vitest";
import { floats, model, node, value } from "#service/onnx/build.js";
import { runMemory } from "#service/onnx/run-memory.js";
import { decodeModel } from "#service/onnx/read-model.js";
import { add, grows, windows } from "../../models/index.js";

async function megabytes(
  file: Uint8Array,
  names: readonly string[],
  ...shapes: readonly (readonly number[])[]
): Promise<number> {
  const memory = await runMemory(decodeModel(file), names);
  return memory.bytes(shapes) / 1e6;
}

describe("the memory of a run", () => {
  it("grows with the square of a length whose square the graph makes", async () => {
    // Two squares are read and one is written: 3 x length^2 floats.
    expect(await megabytes(grows(), ["input"], [1, 1000])).toBeCloseTo(12, 0);
    expect(await megabytes(grows(), ["input"], [1, 10_000])).toBeCloseTo(1200, 0);
    expect(await megabytes(grows(), ["input"], [4, 1000])).toBeCloseTo(48, 0);
  });

  it("grows with the area of a picture, though strides have no polynomial", async () => {
    const convolution = model({
      name: "convolution",
      nodes: [
        node("Conv", ["picture", "weights"], ["features"], {
          strides: { kind: "ints", value: [2, 2] },
          pads: { kind: "ints", value: [1, 1, 1, 1] },
        }),
        node("Relu", ["features"], ["output"]),
      ],
      inputs: [value("picture", "FLOAT", ["N", 3, "H", "W"])],
      outputs: [value("output", "FLOAT", ["N", 16, "h", "w"])],
      initializers: [floats("weights", [16, 3, 3, 3], new Float32Array(432))],
    });
    const memory = await runMemory(convolution, ["picture"]);
    // What Relu reads and writes: 2 x 16 channels of half the sides.
    expect(memory.bytes([[1, 3, 1024, 1024]]) / 1e6).toBeCloseTo((2 * 16 * 512 * 512 * 4) / 1e6, 0);
    expect(memory.bytes([[8, 3, 1024, 2048]]) / 1e6).toBeCloseTo((8 * 2 * 2 * 16 * 512 * 512 * 4) / 1e6, 0);
  });

  it("is no more than what is known", async () => {
    expect(await megabytes(add(), ["a", "b"], [1, 4], [1, 4])).toBeLessThan(0.001);
    expect(await megabytes(windows(), ["picture"], [1, 1, 7, 7])).toBeLessThan(0.001);
  });
});
