import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";

import { bundledDigits } from "#service/training/recipes/digits/bundled-digits.js";
import { pick } from "#service/training/recipes/digits/digits.js";
import { exportOnnx } from "#service/training/recipes/digits/export.js";
import { fit, scaled } from "#service/training/recipes/digits/training-loop.js";
import { startBackend } from "#service/training/recipes/library.js";
import { createNetwork, predict } from "#service/training/recipes/digits/network.js";
import { decodeModel } from "#service/onnx/read-model.js";

const silent = { onProgress: () => undefined, onEpoch: () => undefined };

describe("exportOnnx", () => {
  it("gives the training library's probabilities on every held-out digit", async () => {
    const { train, heldOut } = bundledDigits();
    const everyFourth = pick(
      train,
      Array.from({ length: train.count / 4 }, (_, index) => 4 * index),
    );
    await startBackend();
    const network = createNetwork(1, 0.002);
    const settings = { epochs: 1, batchSize: 64, seed: 1, copies: 0 };
    const [epoch] = await fit(network, everyFourth, heldOut, settings, silent);
    expect(epoch?.heldOutAccuracy).toBeGreaterThan(0.8);

    const pixels = scaled(heldOut);
    const expected = predict(network, pixels);
    const session = await InferenceSession.create(exportOnnx(network, {}));
    const { probabilities } = await session.run({
      image: new Tensor("float32", pixels, [heldOut.count, 784]),
    });
    const actual = probabilities?.data as Float32Array;
    expect(actual.length).toBe(expected.length);
    const differences = expected.map((probability, index) => Math.abs(probability - (actual[index] ?? NaN)));
    expect(differences.reduce((most, difference) => Math.max(most, difference))).toBeLessThan(1e-4);
    await session.release();
  });

  it("declares any number of rows and carries its metadata", async () => {
    await startBackend();
    const { graph, metadata, opsets } = decodeModel(exportOnnx(createNetwork(1, 0.002), { seed: "1" }));
    expect(graph.inputs).toMatchObject([{ name: "image", elementType: "FLOAT", shape: ["N", 784] }]);
    expect(graph.outputs).toMatchObject([{ name: "probabilities", elementType: "FLOAT", shape: ["N", 10] }]);
    expect(metadata).toEqual({ seed: "1" });
    expect(opsets).toEqual([{ domain: "", version: 17 }]);
  });
});
