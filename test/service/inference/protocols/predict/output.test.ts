import { expect, it } from "vitest";
import { millionths } from "#service/inference/protocols/predict/output.js";

it("millionths writes probabilities as JSON.stringify would, rounded to six places", () => {
  const edges = [0, 1, 1e-6, 4e-7, 6e-7, 0.000999, 0.001, 0.0010005, 0.1, 0.5, 0.9999994, 0.9999996, 1 / 3];
  const many = Array.from({ length: 5000 }, (_, at) => Math.abs(Math.sin(at * 12.9898)));
  // Outputs that are no probabilities are written too, whatever config.json calls them.
  for (const value of [...edges, ...many, -0.25, 17.5, 1e21]) {
    expect(millionths(value, "null")).toBe(JSON.stringify(Math.round(value * 1e6) / 1e6));
  }
  expect([NaN, Infinity, -Infinity].map((value) => millionths(value, "null"))).toEqual([
    "null",
    "null",
    "null",
  ]);
  expect([NaN, -Infinity].map((value) => millionths(value, "string"))).toEqual(['"NaN"', '"-Infinity"']);
});
