import { Presets, SingleBar } from "cli-progress";

import type { Epoch, FitListener } from "./training-loop.js";

/** A terminal's stream, or a file or pipe. */
export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** Shows the training on `output`: a bar with loss and accuracy on a terminal, one line an epoch elsewhere. */
export function showProgress(output: Output, epochs: number): FitListener {
  return output.isTTY === true ? new BarListener(output, epochs) : new LineListener(output, epochs);
}

class BarListener implements FitListener {
  private bar: SingleBar | undefined;

  constructor(
    private readonly output: Output,
    private readonly epochs: number,
  ) {}

  onProgress({ epoch, shown, total, loss, accuracy }: Parameters<FitListener["onProgress"]>[0]): void {
    const figures = { loss: loss.toFixed(4), accuracy: accuracy.toFixed(4) };
    this.bar ??= this.start(epoch, total);
    this.bar.update(shown, figures);
  }

  onEpoch(_epoch: number, figures: Epoch): void {
    this.bar?.stop();
    this.bar = undefined;
    this.output.write(`  ${heldOutText(figures)}\n`);
  }

  private start(epoch: number, total: number): SingleBar {
    const bar = new SingleBar(
      {
        format: `epoch ${epoch}/${this.epochs} {bar} {percentage}% loss {loss} accuracy {accuracy} {eta_formatted} left`,
        stream: this.output,
        barsize: 24,
      },
      Presets.shades_classic,
    );
    bar.start(total, 0, { loss: "-", accuracy: "-" });
    return bar;
  }
}

class LineListener implements FitListener {
  constructor(
    private readonly output: Output,
    private readonly epochs: number,
  ) {}

  onProgress(): void {
    // A log has a line an epoch, not one a batch.
  }

  onEpoch(epoch: number, figures: Epoch): void {
    const shown = `loss ${figures.loss.toFixed(4)} accuracy ${figures.accuracy.toFixed(4)}`;
    this.output.write(`epoch ${epoch}/${this.epochs}: ${shown}, ${heldOutText(figures)}\n`);
  }
}

function heldOutText({ heldOutLoss, heldOutAccuracy }: Epoch): string {
  return `held out: loss ${heldOutLoss.toFixed(4)} accuracy ${heldOutAccuracy.toFixed(4)}`;
}
