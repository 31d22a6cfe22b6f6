import { describe, expect, it } from "vitest";
import type { Classification } from "#service/models/model-config.js";
import { eachBestLabel, softmax, topScores } from "#service/inference/engine/label-scores.js";
import type { Tensor } from "#service/tensors/tensor.js";

const labels = ["a", "b", "c", "d"];
function config(scores: Classification["scores"] = "probabilities", top = 2): Classification {
  return {
    kind: "classification",
    output: "scores",
    labels,
    scores,
    top,
  };
}
function tensor(...rows: number[][]): Tensor {
  return {
    datatype: "FP64",
    shape: [rows.length, rows[0]?.length ?? 0],
    data: Float64Array.from(rows.flat()),
  };
}

describe("topScores", () => {
  it("lists the highest of each row, highest first", () => {
    expect(topScores(tensor([0.1, 0.2, 0.6, 0.1], [0.7, 0, 0.1, 0.2]), config())).toEqual([
      [
        { label: "c", probability: 0.6 },
        { label: "b", probability: 0.2 },
      ],
      [
        { label: "a", probability: 0.7 },
        { label: "d", probability: 0.2 },
      ],
    ]);
  });

  it("keeps the labels' order among equals, and lists no more labels than there are", () => {
    const [all] = topScores(tensor([0.25, 0.25, 0.25, 0.25]), config("probabilities", 9));
    expect(all?.map(({ label }) => label)).toEqual(labels);
    const [some] = topScores(tensor([0.1, 0.4, 0.4, 0.1]), config("probabilities", 3));
    expect(some?.map(({ label }) => label)).toEqual(["b", "c", "a"]);
  });

  it("agrees with sorting, whatever the scores", () => {
    const rows = Array.from({ length: 50 }, (_, row) =>
      labels.map((_, column) => Math.sin(row * 7 + column * 3)),
    );
    const sorted = rows.map((row) => [...row].sort((a, b) => b - a).slice(0, 3));
    const top = topScores(tensor(...rows), config("probabilities", 3));
    expect(top.map((scores) => scores.map(({ probability }) => probability))).toEqual(sorted);
  });

  it("turns logits to probabilities row by row", () => {
    const [[first] = [], [second] = []] = topScores(tensor([1000, 0, 0, 0], [0, 0, 0, 0]), config("logits"));
    expect(first).toEqual({ label: "a", probability: 1 });
    expect(second).toEqual({ label: "a", probability: 0.25 });
  });

  it("finds labels in half floats, before dimensions of 1, and in an output without rows", () => {
    const [low, high] = [0x3000, 0x3a00];
    const halves = Uint16Array.of(low, high, low, low);
    for (const shape of [[1, 4], [1, 4, 1, 1], [4]]) {
      const [row] = topScores({ datatype: "FP16", shape, data: halves }, config());
      expect(row).toEqual([
        { label: "b", probability: 0.75 },
        { label: "a", probability: 0.125 },
      ]);
    }
  });

  it("lists scores that are NaN behind all others", () => {
    const [row] = topScores(tensor([NaN, 0.2, NaN, 0.7]), config("probabilities", 3));
    expect(row?.map(({ label }) => label)).toEqual(["d", "b", "a"]);
    const found: number[] = [];
    eachBestLabel(tensor([NaN, 0.2, NaN, 0.7], [NaN, NaN, NaN, NaN]), config(), (index) => found.push(index));
    expect(found).toEqual([3, 0]);
  });

  it("refuses outputs that config.json does not describe", () => {
    expect(() => topScores(tensor([1, 2, 3]), config())).toThrow("not 4 numbers a row");
    expect(() => topScores({ datatype: "INT32", shape: [1, 4], data: new Int32Array(4) }, config())).toThrow(
      "INT32",
    );
  });
});

it("eachBestLabel gives the position and the probability of the highest, the first of equals", () => {
  const found: [index: number, probability: number][] = [];
  const rows = tensor([0.1, 0.2, 0.6, 0.1], [0, 0, 0, 1], [0, 0.5, 0.5, 0]);
  eachBestLabel(rows, config(), (...best) => found.push(best));
  expect(found).toEqual([
    [2, 0.6],
    [3, 1],
    [1, 0.5],
  ]);
});

it("softmax does not overflow and adds up to 1", () => {
  expect([...softmax(Float64Array.of(1e5, 1e5))]).toEqual([0.5, 0.5]);
  const sum = softmax(Float64Array.of(-3, 0.5, 2)).reduce((total, value) => total + value, 0);
  expect(sum).toBeCloseTo(1, 12);
});
