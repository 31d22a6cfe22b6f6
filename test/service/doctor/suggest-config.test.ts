import { describe, expect, it } from "vitest";
import type { Sample } from "#service/doctor/samples.js";
import { suggestConfig, type Suggestion } from "#service/doctor/suggest-config.js";
import type { ModelConfig } from "#service/models/model-config.js";
import type { TensorSpec } from "#service/tensors/tensor.js";

function float(name: string, ...shape: number[]): TensorSpec {
  return { name, datatype: "FP32", shape };
}

/** What is suggested for a model that answers `rows` in its output. */
function suggest(
  input: TensorSpec,
  output: TensorSpec,
  rows: readonly (readonly number[])[] = [],
  config: ModelConfig = {},
): Suggestion {
  const tensor = {
    datatype: "FP32",
    shape: [rows.length, rows[0]?.length ?? 0],
    data: Float32Array.from(rows.flat()),
  } as const;
  const samples: Sample[] =
    rows.length > 0 ? [{ inputs: {}, outputs: { [output.name]: tensor }, random: true }] : [];
  return suggestConfig(config, {
    inputs: [input],
    outputs: [output],
    batched: true,
    rowsProved: true,
    samples,
  });
}

describe("the suggested picture", () => {
  it.each([
    ["MNIST's length", float("x", -1, 784), { width: 28, height: 28, channels: 1, layout: "flat" }],
    ["channels first", float("x", -1, 3, 20, 30), { width: 30, height: 20, channels: 3, layout: "chw" }],
    ["channels last", float("x", -1, 20, 30, 1), { width: 30, height: 20, channels: 1, layout: "hwc" }],
  ])("is read off %s, and what is guessed is told", (_, input, picture) => {
    const { config, notes } = suggest(input, float("y", -1, 1));
    expect(config.preprocess).toMatchObject(picture);
    expect(notes).toEqual([expect.stringMatching(/^Sizes, channels and layout .* are guesses: /) as string]);
  });

  it.each([
    ["features", float("x", -1, 13)],
    ["an embedding whose length is a square", float("x", -1, 1024)],
    ["a video", float("x", -1, 3, 8, 20, 30)],
    ["texts", { name: "x", datatype: "BYTES", shape: [-1, 784] } as const],
  ])("is none for %s", (_, input) => {
    expect(suggest(input, float("y", -1, 1))).toEqual({ config: {}, notes: [] });
  });

  it("is left to a person where it may have any size", () => {
    expect(suggest(float("x", -1, 3, -1, -1), float("y", -1, 1))).toEqual({
      config: {},
      notes: [expect.stringMatching(/^Input 'x' looks like pictures of any size: /) as string],
    });
  });
});

describe("suggested labels", () => {
  const features = float("x", -1, 13);
  const logits = [
    [3, -1, 0.5],
    [-2, 0, 9],
  ];

  it("are for rows that sum to 1, which are probabilities whatever made them", () => {
    const rows = [
      [0.5, 0.25, 0.25],
      [0, 1, 0],
    ];
    expect(suggest(features, float("y", -1, 3), rows).config.postprocess).toEqual({
      kind: "classification",
      output: "y",
      labels: ["0", "1", "2"],
      scores: "probabilities",
      top: 3,
    });
  });

  it("are logits where the output is called so, or a picture has as many scores as ImageNet has classes", () => {
    expect(suggest(features, float("logits", -1, 3), logits).config.postprocess?.scores).toBe("logits");
    const thousand = [Array.from({ length: 1000 }, (_, score) => score / 7)];
    for (const picture of [float("x", -1, 3, 224, 224), float("x", -1, 3, -1, -1)]) {
      expect(suggest(picture, float("y", -1, 1000), thousand).config.postprocess?.scores).toBe("logits");
    }
  });

  it.each([
    [
      "an embedding of length 1",
      float("logits", -1, 3),
      [[0.6, 0.8, 0]],
      /^Output 'logits' is no list of classes: /,
    ],
    ["several measures", float("y", -1, 3), logits, /^Output 'y' has 3 numbers a row that do not sum to 1: /],
    ["decisions called probabilities", float("probabilities", -1, 3), logits, /that do not sum to 1: /],
    [
      "what gives no numbers",
      float("y", -1, 3),
      [[NaN, NaN, NaN]],
      /^Output 'y' may hold scores .* none were seen/,
    ],
    ["what did not run", float("y", -1, 3), [], /none were seen/],
  ])("are none for %s, with the reason", (_, output, rows, reason) => {
    expect(suggest(features, output, rows)).toEqual({
      config: {},
      notes: [expect.stringMatching(reason) as string],
    });
  });

  it.each([
    ["one number a row", float("y", -1, 1), [[1]]],
    ["a picture", float("y", -1, 20_000), []],
    ["boxes", float("y", -1, 8, 4), []],
  ])("are none for %s", (_, output, rows) => {
    expect(suggest(features, output, rows)).toEqual({ config: {}, notes: [] });
  });
});

describe("a suggestion", () => {
  it("keeps what is configured already", () => {
    const config: ModelConfig = { description: "mine", input: "x", maxBatchSize: 7 };
    expect(suggest(float("x", -1, 13), float("y", -1, 1), [], config).config).toEqual(config);
  });
});
