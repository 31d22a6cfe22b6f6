import { describe, expect, it } from "vitest";
import { suggestConfig } from "#service/doctor/suggest-config.js";
import type { ModelConfig } from "#service/models/model-config.js";
import type { TensorSpec } from "#service/tensors/tensor.js";

function float(name: string, ...shape: number[]): TensorSpec {
  return { name, datatype: "FP32", shape };
}

function suggest(
  input: TensorSpec,
  output: TensorSpec,
  config: ModelConfig = {},
  lastOperator = "Gemm",
): ModelConfig {
  return suggestConfig(config, {
    inputs: [input],
    outputs: [output],
    madeBy: { [output.name]: lastOperator },
    runs: [],
    batched: true,
  });
}

describe("the suggested configuration", () => {
  it.each([
    ["a square of pixels", float("x", -1, 784), { width: 28, height: 28, channels: 1, layout: "flat" }],
    ["channels first", float("x", -1, 3, 20, 30), { width: 30, height: 20, channels: 3, layout: "chw" }],
    ["channels last", float("x", -1, 20, 30, 1), { width: 30, height: 20, channels: 1, layout: "hwc" }],
  ])("reads a picture off %s", (_, input, picture) => {
    expect(suggest(input, float("y", -1, 1)).preprocess).toMatchObject(picture);
  });

  it("sees no picture in features or text", () => {
    expect(suggest(float("x", -1, 13), float("y", -1, 1))).toEqual({ input: "x" });
    expect(suggest({ name: "x", datatype: "BYTES", shape: [-1, 784] }, float("y", -1, 1))).toEqual({
      input: "x",
    });
  });

  it("labels the scores of a classifier, and knows probabilities by the operator that makes them", () => {
    expect(suggest(float("x", -1, 13), float("y", -1, 3)).postprocess).toEqual({
      kind: "classification",
      output: "y",
      labels: ["0", "1", "2"],
      scores: "logits",
      top: 3,
    });
    expect(suggest(float("x", -1, 13), float("y", -1, 3), {}, "Softmax").postprocess?.scores).toBe(
      "probabilities",
    );
  });

  it("keeps what is configured already", () => {
    const config: ModelConfig = { description: "mine", input: "x", maxBatchSize: 7 };
    expect(suggest(float("x", -1, 13), float("y", -1, 1), config)).toEqual(config);
  });
});
