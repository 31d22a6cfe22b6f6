import { describe, expect, it } from "vitest";

import { bundledDigits } from "#service/training/bundled-digits.js";
import { pick, type DataSplit } from "#service/training/digits.js";
import { train } from "#service/training/train.js";

function every(step: number, count: number) {
  return Array.from({ length: Math.floor(count / step) }, (_, index) => index * step);
}
const all = bundledDigits();
const few: DataSplit = {
  ...all,
  train: pick(all.train, every(40, all.train.count)),
  heldOut: pick(all.heldOut, every(40, all.heldOut.count)),
};
const settings = { epochs: 2, batchSize: 32, seed: 7, copies: 1, learningRate: 0.002 };
const silent = { onProgress: () => undefined, onEpoch: () => undefined };

describe("train", () => {
  it("gives the same model for the same seed, another for another", async () => {
    const first = await train(few, settings, silent);
    const again = await train(few, settings, silent);
    const other = await train(few, { ...settings, seed: 8 }, silent);
    expect(Buffer.from(again.onnx).equals(first.onnx)).toBe(true);
    expect(Buffer.from(other.onnx).equals(first.onnx)).toBe(false);
  });

  it("tells each epoch, and each step's place in it, and writes down what it did", async () => {
    const steps: string[] = [];
    const epochs: number[] = [];
    const { metrics } = await train(few, settings, {
      onProgress: ({ epoch, shown, total }) => steps.push(`${epoch}: ${shown}/${total}`),
      onEpoch: (epoch) => epochs.push(epoch),
    });
    // 200 digits and a distorted copy of each, 32 a step.
    expect(steps.filter((step) => step.startsWith("1:"))).toHaveLength(13);
    expect(steps.at(-1)).toBe("2: 400/400");
    expect(epochs).toEqual([1, 2]);
    expect(metrics.data).toMatchObject({ trainSamples: 200, heldOutSamples: 49 });
    expect(metrics.settings).toEqual(settings);
    expect(metrics.epochs).toHaveLength(2);
    expect(metrics.epochs[1]?.loss).toBeLessThan(metrics.epochs[0]?.loss ?? NaN);
    expect(metrics.accuracy).toBe(metrics.epochs[1]?.heldOutAccuracy);
    const hits = metrics.confusion.reduce((sum, row, label) => sum + (row[label] ?? 0), 0);
    expect(hits / 49).toBeCloseTo(metrics.accuracy, 10);
  });
});
