import { describe, expect, it } from "vitest";
import { predictedLabel } from "../../bench/answer.js";

function json(value: unknown) {
  return Buffer.from(JSON.stringify(value));
}

describe("predictedLabel", () => {
  it.each([
    ["a label", { predictions: [{ label: "7", probability: 0.9 }] }],
    ["a list of probabilities", [[0, 0, 0, 0, 0, 0, 0, 1, 0, 0]]],
    ["a tensor after its shape", { outputs: [{ shape: [1, 10], data: [0, 0, 0, 0, 0, 0, 0, 1, 0, 0] }] }],
  ])("reads %s", (_, answer) => {
    expect(predictedLabel(json(answer))).toBe(7);
  });

  it("reads float32 bytes after a JSON header", () => {
    const head = json({ outputs: [] });
    const scores = Buffer.from(Float32Array.of(0.1, 0.2, 0.7).buffer);
    expect(predictedLabel(Buffer.concat([head, scores]), head.length)).toBe(2);
  });

  it("finds nothing in an answer without a prediction", () => {
    expect(predictedLabel(json({ status: "ok" }))).toBeUndefined();
  });
});
