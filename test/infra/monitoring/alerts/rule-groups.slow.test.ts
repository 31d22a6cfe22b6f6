import { METRICS } from "@ai-model-service/contract/metrics";
import { describe, it } from "vitest";
import { expectAlerts, LABELS, series } from "../expect-alerts.js";
import { promtoolIsThere } from "../promtool.js";

describe.skipIf(!promtoolIsThere)("the alerts, by promtool", () => {
  it("tell when confidence drifts from the day before, not when there is too little to compare", () => {
    const bucket = (le: string, values: string) =>
      series(`${METRICS.predictionConfidence}_bucket`, { ...LABELS.model, le }, values);
    const count = (values: string) => series(`${METRICS.predictionConfidence}_count`, LABELS.model, values);
    // Half a day in which a tenth is below 0.9, then six in ten are.
    const drifting = [bucket("0.9", "0+1x720 721+6x180"), bucket("+Inf", "0+10x900"), count("0+10x900")];
    const labels = { model: "mnist", version: "1", severity: "warning" };
    expectAlerts(drifting, "InferenceConfidenceDrift", { "12h": [], "14h": [labels] });
    const few = [bucket("0.9", "0+0.1x720 73+0.6x180"), bucket("+Inf", "0+1x900"), count("0+1x900")];
    expectAlerts(few, "InferenceConfidenceDrift", { "14h": [] });
  });
});
