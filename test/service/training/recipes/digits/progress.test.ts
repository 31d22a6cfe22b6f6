import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";

import { showProgress, type Output } from "#service/training/recipes/digits/progress.js";

const figures = { loss: 0.5, accuracy: 0.8, heldOutLoss: 0.25, heldOutAccuracy: 0.9 };

/** Before Node.js 26 all that was written, from then on what one call wrote. */
function readPart(output: PassThrough): Buffer | null {
  return output.read() as Buffer | null;
}

/** What an epoch of two steps writes. */
function written(output: Output & PassThrough): string {
  const listener = showProgress(output, 3);
  void listener.onProgress({ epoch: 2, shown: 50, total: 100, loss: 0.75, accuracy: 0.7 });
  void listener.onProgress({ epoch: 2, shown: 100, total: 100, loss: 0.5, accuracy: 0.8 });
  listener.onEpoch(2, figures);
  let text = "";
  for (let part = readPart(output); part !== null; part = readPart(output)) {
    text += part.toString();
  }
  return text;
}

describe("showProgress", () => {
  it("writes one plain line an epoch where no terminal is", () => {
    expect(written(new PassThrough())).toBe(
      "epoch 2/3: loss 0.5000 accuracy 0.8000, held out: loss 0.2500 accuracy 0.9000\n",
    );
  });

  it("draws a bar with loss and accuracy on a terminal", () => {
    const terminal = Object.assign(new PassThrough(), {
      isTTY: true,
      clearLine: () => true,
      cursorTo: () => true,
    });
    const text = written(terminal);
    expect(text).toContain("epoch 2/3 ");
    expect(text).toContain("100% loss 0.5000 accuracy 0.8000");
    expect(text).toContain("held out: loss 0.2500 accuracy 0.9000\n");
  });
});
