import { expect, it } from "vitest";
import { predictionsOf } from "#service/results/events/predictions.js";

it.each<[unknown, ReturnType<typeof predictionsOf>]>([
  [undefined, { rows: [{}] }],
  ["text", { rows: [{}] }],
  [{ predictions: "none" }, { rows: [{}] }],
  [{ predictions: [] }, { rows: [] }],
  [{ predictions: [[0.5, 0.6]] }, { rows: [{}] }],
  [{ predictions: [[3, -1]] }, { rows: [{}] }],
  [
    { model: "m", version: "2", predictions: [{ label: "7", probability: 0.9, top: [], extra: 1 }] },
    { model: "m", version: "2", rows: [{ label: "7", probability: 0.9, top: [] }] },
  ],
  [{ predictions: [{ label: "7", probability: 9 }] }, { rows: [{ label: "7", probability: undefined }] }],
  [
    {
      model_name: "m",
      model_version: "1",
      outputs: [{ name: "p", datatype: "FP32", shape: [2, 2], data: [0.1, 0.9, 1, 0] }],
    },
    {
      model: "m",
      version: "1",
      rows: [
        { label: "1", probability: 0.9 },
        { label: "0", probability: 1 },
      ],
    },
  ],
  [
    {
      outputs: [
        { shape: [2], data: ["a", "b"] },
        { shape: [1], data: [1] },
      ],
    },
    { rows: [{ label: "a" }, { label: "b" }] },
  ],
  [{ outputs: [{ shape: [2, 1], data: [1.5, 2] }] }, { rows: [{ value: 1.5 }, { value: 2 }] }],
  [{ outputs: [{ shape: [3], data: [1, 2] }] }, { rows: [{}] }],
  [{ outputs: [{ shape: [0], data: [] }] }, { rows: [{}] }],
])("%j is understood as far as it can be", (data, expected) => {
  expect(predictionsOf(data)).toEqual(expected);
});
