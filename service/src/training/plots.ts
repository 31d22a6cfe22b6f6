import { Resvg } from "@resvg/resvg-js";
import { createRequire } from "node:module";
import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";

const FONT = "DejaVu Sans";
/** Pixels of the picture per unit of the drawing, so that it is sharp on dense screens. */
const ZOOM = 2;

const STYLE = {
  font: FONT,
  background: "white",
  axis: { labelFontSize: 11, titleFontSize: 12, titleFontWeight: "normal" },
  legend: { labelFontSize: 11, titleFontSize: 12 },
  title: { fontSize: 14, anchor: "start", offset: 12 },
} as const;

/** Figures of an epoch; a regression has no accuracy. */
interface Epoch {
  readonly loss: number;
  readonly heldOutLoss: number;
  readonly accuracy?: number;
  readonly heldOutAccuracy?: number;
}

/** Loss, and accuracy where there is one, over the epochs, as shown and as held out, as a PNG's bytes. */
export function drawLearningCurve(
  epochs: readonly Epoch[],
  loss = "loss (cross-entropy)",
): Promise<Uint8Array> {
  const hasAccuracy = epochs.some(({ accuracy }) => accuracy !== undefined);
  return draw({
    title: "Learning curve",
    data: { values: epochs.flatMap(curvePoints) },
    hconcat: [curve("loss", loss), ...(hasAccuracy ? [curve("accuracy", "accuracy")] : [])],
    config: STYLE,
  });
}

function curvePoints(figures: Epoch, index: number) {
  return [
    { epoch: index + 1, digits: "trained on", loss: figures.loss, accuracy: figures.accuracy },
    { epoch: index + 1, digits: "held out", loss: figures.heldOutLoss, accuracy: figures.heldOutAccuracy },
  ];
}

function curve(field: "loss" | "accuracy", title: string) {
  return {
    width: 300,
    height: 220,
    mark: { type: "line" as const, point: true },
    encoding: {
      x: { field: "epoch", type: "ordinal" as const, axis: { labelAngle: 0 } },
      y: { field, type: "quantitative" as const, title, scale: { zero: false } },
      color: { field: "digits", type: "nominal" as const, title: null, sort: ["trained on", "held out"] },
    },
  };
}

/** `matrix[actual][predicted]` as a picture, each row's share as its shade: a PNG's bytes. */
export function drawConfusion(
  matrix: readonly (readonly number[])[],
  labels: readonly string[] = matrix.map((_, index) => String(index)),
): Promise<Uint8Array> {
  const share = "datum.share > 0.5";
  return draw({
    title: "Held out, by what they were taken for",
    data: { values: matrix.flatMap((row, actual) => confusionCells(row, actual, labels)) },
    width: 400,
    height: 400,
    encoding: {
      x: { field: "predicted", type: "ordinal", axis: { labelAngle: 0, orient: "top" } },
      y: { field: "actual", type: "ordinal" },
    },
    layer: [
      {
        mark: { type: "rect", stroke: "white" },
        encoding: {
          color: {
            field: "share",
            type: "quantitative",
            scale: { range: ["#f4f7fb", "#0b559f"], domain: [0, 1] },
            legend: null,
          },
        },
      },
      {
        mark: { type: "text", fontSize: 12 },
        transform: [{ filter: "datum.count > 0" }],
        encoding: {
          text: { field: "count", type: "quantitative" },
          color: { condition: { test: share, value: "white" }, value: "#333" },
        },
      },
    ],
    config: STYLE,
  });
}

function confusionCells(row: readonly number[], actual: number, labels: readonly string[]) {
  const total = row.reduce((sum, count) => sum + count, 0);
  return row.map((count, predicted) => ({
    actual: labels[actual],
    predicted: labels[predicted],
    count,
    share: count / Math.max(1, total),
  }));
}

/** Renders with the font that comes along, so that a picture is the same on a machine that has none. */
async function draw(spec: TopLevelSpec): Promise<Uint8Array> {
  const view = new vega.View(vega.parse(compile(spec).spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  const fontFiles = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((name) =>
    createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${name}`),
  );
  return new Resvg(svg, {
    fitTo: { mode: "zoom", value: ZOOM },
    font: { loadSystemFonts: false, fontFiles, defaultFontFamily: FONT },
  })
    .render()
    .asPng();
}
