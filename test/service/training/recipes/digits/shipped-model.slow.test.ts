import { readFile } from "node:fs/promises";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";

import { modelConfigSchema } from "#service/models/model-config.js";
import { bundledDigits } from "#service/training/recipes/digits/bundled-digits.js";
import { accuracyOf, classReports } from "#service/training/evaluate.js";
import { scaled } from "#service/training/recipes/digits/training-loop.js";
import type { Metrics } from "#service/training/recipes/digits/train.js";

function file(path: string) {
  return new URL(`../../../../../service/models/mnist/${path}`, import.meta.url);
}
async function json(path: string): Promise<unknown> {
  return JSON.parse(await readFile(file(path), "utf8"));
}

describe("the model that ships", () => {
  it("recognises at least 96 of 100 held-out digits, as its metrics say", async () => {
    const { heldOut } = bundledDigits();
    const session = await InferenceSession.create(await readFile(file("1/model.onnx")));
    const image = new Tensor("float32", scaled(heldOut), [heldOut.count, 784]);
    const { probabilities } = await session.run({ image });
    const scores = probabilities?.data as Float32Array;
    const metrics = (await json("1/metrics.json")) as Metrics;
    expect(accuracyOf(scores, heldOut.labels)).toBeGreaterThanOrEqual(0.96);
    expect(accuracyOf(scores, heldOut.labels)).toBeCloseTo(metrics.accuracy, 3);
    expect(classReports(scores, heldOut.labels).map(({ count }) => count)).toEqual(
      metrics.classes.map(({ count }) => count),
    );
    await session.release();
  });

  it("has a configuration that the server takes and that fits its tensors", async () => {
    const config = modelConfigSchema.parse(await json("config.json"));
    const session = await InferenceSession.create(await readFile(file("1/model.onnx")));
    expect(session.inputNames).toEqual([config.input]);
    expect(session.outputNames).toEqual([config.postprocess?.output]);
    expect(config.postprocess?.labels).toEqual([..."0123456789"]);
    expect(config.preprocess).toMatchObject({ width: 28, height: 28, channels: 1, fit: "digit", box: 20 });
    await session.release();
  });
});
