import { describe, expect, it } from "vitest";
import { decodeModel } from "#service/onnx/read-model.js";
import { runCost } from "#service/onnx/run-cost.js";
import { add, detector, endless, grows, resizes, slow, upperCase, windows } from "../../models/index.js";

function costOf(model: Uint8Array): string {
  const { kind, reason } = runCost(decodeModel(model));
  return `${kind}: ${reason}`;
}

describe("what the work of a run depends on", () => {
  it.each([
    ["sums", add()],
    ["products of fixed size", slow()],
    ["products of a size that the shape gives", grows()],
    ["windows", windows()],
  ])("is the shapes for %s", (_, model) => {
    expect(costOf(model)).toBe("shapes: ");
  });

  it.each([
    ["a size among the inputs", resizes(), "Resize (node 'resized') takes a size from what the inputs hold."],
    ["suppression", detector(), "NonMaxSuppression (node 'found') works as what the inputs hold asks for."],
    ["texts", upperCase(), "Input 'input' takes texts, which are of any length."],
  ])("is what the inputs hold for %s", (_, model, reason) => {
    expect(costOf(model)).toBe(`values: ${reason}`);
  });

  it("has no bound for a loop", () => {
    expect(costOf(endless())).toBe("endless: Loop (node 'output') goes on until a value tells it to stop.");
  });
});
