import type { Metrics } from "./train.js";

/** Held-out accuracy and the table of classes, for a terminal. */
export function renderReport({
  accuracy,
  accuracyInterval,
  loss,
  classes,
  data,
  trainSeconds,
}: Metrics): string {
  const header = ["digit", "precision", "recall", "count"];
  const rows = classes.map(({ label, precision, recall, count }) => [
    label,
    precision.toFixed(3),
    recall.toFixed(3),
    String(count),
  ]);
  return [
    `Trained on ${data.trainSamples} digits in ${trainSeconds.toFixed(1)} s.`,
    `Held-out accuracy ${accuracy.toFixed(4)}, loss ${loss.toFixed(4)}, on ${data.heldOutSamples} digits.`,
    `With 95 % confidence the accuracy lies between ${accuracyInterval.low.toFixed(4)} and ${accuracyInterval.high.toFixed(4)}.`,
    "",
    ...renderTable([header, ...rows]),
  ].join("\n");
}

/** Columns aligned to the right, two spaces apart. */
function renderTable(rows: readonly (readonly string[])[]): string[] {
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padStart(Math.max(...rows.map((other) => other[column]?.length ?? 0))))
      .join("  "),
  );
}
