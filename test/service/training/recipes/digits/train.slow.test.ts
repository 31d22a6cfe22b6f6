import { describe, expect, it } from "vitest";

import { bundledDigits } from "#service/training/recipes/digits/bundled-digits.js";
import { pick, type DataSplit } from "#service/training/recipes/digits/digits.js";
import type { Checkpoint } from "#service/training/recipes/digits/training-loop.js";
import { train } from "#service/training/recipes/digits/train.js";

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

  it("goes on from any epoch to the same model, bit for bit", async () => {
    const longer = { ...settings, epochs: 4 };
    const checkpoints: Checkpoint[] = [];
    const keep = {
      ...silent,
      onCheckpoint: (checkpoint: Checkpoint) =>
        Promise.resolve(void checkpoints.push(structuredClone(checkpoint))),
    };
    const whole = await train(few, longer, keep);
    expect(checkpoints).toHaveLength(4);
    for (const checkpoint of checkpoints) {
      const epochs: number[] = [];
      const resumed = await train(
        few,
        longer,
        { ...silent, onEpoch: (epoch) => void epochs.push(epoch) },
        checkpoint,
      );
      expect(epochs).toHaveLength(4 - checkpoint.epochs.length);
      expect(Buffer.from(resumed.onnx).equals(whole.onnx)).toBe(true);
      expect(resumed.metrics.epochs).toEqual(whole.metrics.epochs);
    }
  });

  it("tells each epoch, and each step's place in it, and writes down what it did", async () => {
    const steps: string[] = [];
    const epochs: number[] = [];
    const { metrics } = await train(few, settings, {
      onProgress: ({ epoch, shown, total }) => void steps.push(`${epoch}: ${shown}/${total}`),
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
    expect(metrics.accuracyInterval.low).toBeLessThan(metrics.accuracy);
    expect(metrics.accuracyInterval.high).toBeGreaterThan(metrics.accuracy);
  });
});
