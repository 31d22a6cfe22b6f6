import { describe, expect, it } from "vitest";
import { configFaults } from "#service/models/config-faults.js";
import { modelConfigSchema, type ImagePreprocess } from "#service/models/model-config.js";
import type { Datatype } from "#service/tensors/datatypes.js";

const base: ImagePreprocess = {
  kind: "image",
  width: 224,
  height: 160,
  channels: 3,
  layout: "chw",
  scale: 255,
  mean: 0,
  fit: "crop",
};

function faults(change: Partial<ImagePreprocess>, datatype: Datatype = "FP32"): string[] {
  const config = modelConfigSchema.parse({ preprocess: { ...base, ...change } });
  const { channels } = { ...base, ...change };
  return configFaults(config, [{ name: "x", datatype, shape: [-1, channels, 160, 224] }], []);
}

describe("configFaults of preprocess", () => {
  it.each<Partial<ImagePreprocess>>([
    {},
    {
      mean: [1, 2, 3],
      scale: [1, 2, 3],
      order: "bgr",
      shortSide: 256,
      rounding: "nearest",
      antialias: false,
    },
    { fit: "contain", pad: 114, place: "start", resample: "bilinear" },
    { fit: "height", pad: [1, 2, 3] },
    { fit: "digit", channels: 1, box: 160 },
    { channels: 1, mean: [1] },
  ])("has none of %j", (change) => expect(faults(change)).toEqual([]));

  it.each<[Partial<ImagePreprocess>, string]>([
    [{ fit: "digit" }, "preprocess.channels: must be 1 with fit 'digit', which makes grey pictures"],
    [{ channels: 1, order: "bgr" }, "preprocess.order: is for pictures of three channels; channels is 1"],
    [
      { mean: [1, 2] },
      "preprocess.mean: has 2 numbers; it must be one number, or one for each of 3 channels",
    ],
    [
      { scale: [1, 2, 3, 4] },
      "preprocess.scale: has 4 numbers; it must be one number, or one for each of 3 channels",
    ],
    [
      { shortSide: 256, fit: "stretch" },
      "preprocess.shortSide: is read with fit 'crop' only; fit is 'stretch'",
    ],
    [{ pad: 1 }, "preprocess.pad: is read with fit 'contain' or 'height' only; fit is 'crop'"],
    [
      { fit: "digit", channels: 1, antialias: true },
      "preprocess.antialias: is read with fit 'stretch' or 'contain' or 'height' or 'crop' only; fit is 'digit'",
    ],
    [
      { fit: "digit", channels: 1, box: 161 },
      "preprocess.box: must not be longer than a side of the picture, 160",
    ],
    [{ shortSide: 200 }, "preprocess.shortSide: must not be shorter than a side of the picture, 224"],
    [{ width: 100 }, "preprocess: makes [3, 160, 100] of a picture; input 'x' takes [3, 160, 224] a row"],
  ])("says what is wrong with %j", (change, fault) => expect(faults(change)).toEqual([`${fault}.`]));

  it("takes inputs that pictures can be put into", () => {
    for (const datatype of ["UINT8", "FP16", "FP32"] as const) {
      expect(faults({}, datatype)).toEqual([]);
    }
    expect(faults({}, "INT64")).toEqual([
      "preprocess: makes UINT8, FP16, FP32 of a picture; input 'x' takes INT64.",
    ]);
  });
});

it.each<[number[], string[]]>([
  [[-1, 3], []],
  [[-1, -1], []],
  [[-1, 3, 1, 1], []],
  [[3], []],
  [[], []],
  [[-1, 1], ["1"]],
  [[-1, 4, 1, 1], ["4"]],
  [[4], ["4"]],
])("configFaults of postprocess compares three labels with an output of shape %j", (shape, scores) => {
  const postprocess = {
    kind: "classification",
    output: "y",
    labels: ["a", "b", "c"],
    scores: "logits",
    top: 1,
  };
  const config = modelConfigSchema.parse({ postprocess });
  expect(configFaults(config, [], [{ name: "y", datatype: "FP32", shape }])).toEqual(
    scores.map((count) => `postprocess.labels: has 3 labels; output 'y' has ${count} scores a row.`),
  );
});
