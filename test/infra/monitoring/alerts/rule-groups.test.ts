import { readFileSync } from "node:fs";
import { METRICS } from "@ai-model-service/contract/metrics";
import { OBJECTIVE_ROUTES } from "@ai-model-service/contract/objectives";
import { describe, expect, it } from "vitest";
import { CONCURRENCY_METRIC } from "#infra/monitoring/adapter-rule.js";
import { inferenceRules } from "#infra/monitoring/alerts/rule-groups.js";
import type { AlertRule } from "#infra/monitoring/alerts/rule-group.js";
import { SLOWEST_ALERT_DAYS } from "#infra/settings/monitoring.js";
import { expectAlerts, LABELS, series } from "../expect-alerts.js";
import { promtoolIsThere } from "../promtool.js";
import { ALERTS } from "../settings.js";

const groups = inferenceRules(ALERTS);
const alerts = groups.flatMap((group) => group.rules).filter((rule): rule is AlertRule => "alert" in rule);

const { service: SERVICE, pod: POD, model: MODEL } = LABELS;
const CONTAINER = { namespace: "shop", pod: POD.pod, container: "server" };
const AUTOSCALER = { namespace: "shop", horizontalpodautoscaler: "inference" };

function request(route: string, code: string, values: string) {
  return series(`${METRICS.httpRequestDuration}_count`, { ...POD, method: "POST", route, code }, values);
}

describe.skipIf(!promtoolIsThere)("the alerts, by promtool", () => {
  const burn = (severity: string, window: string) => ({ ...SERVICE, severity, window });

  it("page within minutes when two percent of predictions fail, and end soon after", () => {
    const inputs = [
      request("/predict", "200", "0+980x60 58800+1000x60"),
      request("/predict", "503", "0+20x60 1200+0x60"),
    ];
    expectAlerts(inputs, "InferenceAvailabilityBurn", {
      "10m": [burn("critical", "1h"), burn("critical", "6h"), burn("warning", "3d")],
      "70m": [burn("critical", "6h"), burn("warning", "3d")],
      "110m": [burn("warning", "3d")],
    });
  });

  it.each(OBJECTIVE_ROUTES)("count %s", (route) => {
    const inputs = [request(route, "200", "0+80x60"), request(route, "503", "0+20x60")];
    expectAlerts(inputs, "InferenceAvailabilityBurn", {
      "10m": [burn("critical", "1h"), burn("critical", "6h"), burn("warning", "3d")],
    });
  });

  it("stay silent when failures are within the budget, are the client's, or are a probe's", () => {
    const inputs = [
      request("/v2/models/:model/infer", "200", "0+2000x60"),
      request("/v2/models/:model/infer", "503", "0+1x60"),
      request("/v2/models/:model/infer", "400", "0+500x60"),
      request("/readyz", "503", "0+100x60"),
      request("/v2/models/:model/infer/other", "503", "0+100x60"),
    ];
    expectAlerts(inputs, "InferenceAvailabilityBurn", { "30m": [], "60m": [] });
  });

  it("page when more predictions are slow than the objective allows", () => {
    const labels = { ...POD, method: "POST", route: "/predict", code: "200" };
    const inputs = (fast: string) => [
      series(`${METRICS.httpRequestDuration}_bucket`, { ...labels, le: "0.1" }, fast),
      request("/predict", "200", "0+100x60"),
    ];
    expectAlerts(inputs("0+80x60"), "InferenceLatencyBurn", {
      "10m": [burn("critical", "1h"), burn("critical", "6h"), burn("warning", "3d")],
    });
    expectAlerts(inputs("0+99.5x60"), "InferenceLatencyBurn", { "10m": [], "60m": [] });
  });

  it("tell when no pod answers, and when there are no pods", () => {
    const down = { ...SERVICE, severity: "critical" };
    const gone = series("up", POD, "1+0x9 0+0x20");
    expectAlerts([gone], "InferenceDown", { "9m": [], "12m": [], "16m": [down] });
    expectAlerts([], "InferenceDown", { "4m": [], "6m": [down] });
    const other = series("up", { ...SERVICE, pod: "inference-6d4cf56db6-zzzzz" }, "1+0x30");
    expectAlerts([gone, other], "InferenceDown", { "20m": [] });
  });

  it("tell when a pod's queue stays nearly full", () => {
    const saturation = (values: string) => [series(METRICS.inferenceSaturation, POD, values)];
    expectAlerts(saturation("0.95+0x20"), "InferenceQueueSaturated", {
      "1m": [],
      "5m": [{ ...POD, severity: "warning" }],
    });
    expectAlerts(saturation("0.1+0x5 1 0.1+0x15"), "InferenceQueueSaturated", { "8m": [], "15m": [] });
  });

  it("tell when the autoscaler stays at its maximum, unless the size is fixed", () => {
    const inputs = (minimum: number) => [
      series("kube_horizontalpodautoscaler_status_desired_replicas", AUTOSCALER, "2+0x10 4+0x40"),
      series("kube_horizontalpodautoscaler_spec_max_replicas", AUTOSCALER, "4+0x50"),
      series("kube_horizontalpodautoscaler_spec_min_replicas", AUTOSCALER, `${minimum}+0x50`),
    ];
    expectAlerts(inputs(2), "InferenceAutoscalerAtMaximum", {
      "10m": [],
      "20m": [],
      "30m": [{ ...AUTOSCALER, severity: "warning" }],
    });
    expectAlerts(inputs(4), "InferenceAutoscalerAtMaximum", { "30m": [] });
  });

  it("tell when the autoscaler gets no metrics", () => {
    const labels = { ...AUTOSCALER, condition: "ScalingActive", status: "false" };
    const inputs = [series("kube_horizontalpodautoscaler_status_condition", labels, "0+0x5 1+0x30")];
    expectAlerts(inputs, "InferenceAutoscalerBlind", {
      "5m": [],
      "20m": [{ ...AUTOSCALER, severity: "warning" }],
    });
  });

  it("tell when the autoscaler gets one of two metrics", () => {
    const metric = (part: string, metric_name: string, values: string) =>
      series(`kube_horizontalpodautoscaler_${part}_target_metric`, { ...AUTOSCALER, metric_name }, values);
    const inputs = [
      metric("spec", "cpu", "200+0x40"),
      metric("status", "cpu", "9+0x40"),
      metric("spec", CONCURRENCY_METRIC, "8+0x40"),
      metric("status", CONCURRENCY_METRIC, "0+0x10 stale"),
    ];
    expectAlerts(inputs, "InferenceAutoscalerBlind", {
      "15m": [],
      "30m": [{ ...AUTOSCALER, severity: "warning" }],
    });
  });

  it("tell when a container restarted", () => {
    const inputs = [series("kube_pod_container_status_restarts_total", CONTAINER, "0+0x5 1+0x40")];
    expectAlerts(inputs, "InferencePodRestarted", {
      "5m": [],
      "8m": [{ ...CONTAINER, severity: "warning" }],
      "40m": [],
    });
  });

  it("tell which version failed to load, until it is replaced", () => {
    const inputs = [
      series(METRICS.modelLoadFailed, { ...MODEL, version: "2" }, "1+0x20 0+0x20"),
      series(METRICS.modelLoadFailed, MODEL, "0+0x40"),
    ];
    const failed = { ...SERVICE, model: "mnist", version: "2", severity: "critical" };
    expectAlerts(inputs, "InferenceModelLoadFailed", { "5m": [failed], "25m": [] });
  });

  it("tell that the model repository is away, but not of a moment", () => {
    const inputs = [
      series(METRICS.repositoryAway, POD, "0 60 120 0 0 60+60x10 0+0x20"),
      series(METRICS.repositoryAway, { ...POD, pod: "another" }, "0+0x40"),
    ];
    const away = { ...SERVICE, pod: POD.pod, severity: "warning" };
    expectAlerts(inputs, "InferenceModelRepositoryAway", { "4m": [], "13m": [away], "30m": [] });
  });
});

describe("an alert", () => {
  const headings = new Set(
    [...readFileSync("docs/runbooks.md", "utf8").matchAll(/^## (.+)$/gm)].map(([, title = ""]) => title),
  );

  it.each([...new Set(alerts.map(({ alert }) => alert))])("%s has a section in the runbooks", (name) => {
    expect(headings).toContain(name);
  });

  it("links to its section", () => {
    for (const { alert, annotations } of alerts) {
      expect(annotations.runbook_url).toBe(`${ALERTS.runbooks}#${alert.toLowerCase()}`);
    }
  });

  it("has no link that would not open, where nobody said where the runbooks can be read", () => {
    const unlinked = inferenceRules({ ...ALERTS, runbooks: undefined }).flatMap(({ rules }) => rules);
    for (const { alert, annotations } of unlinked.filter((rule) => "alert" in rule)) {
      expect(annotations).not.toHaveProperty("runbook_url");
      expect(annotations.runbook).toBe(`docs/runbooks.md#${alert.toLowerCase()}`);
    }
  });

  it("waits as long as the patience says", () => {
    const waits = (patience: number) =>
      inferenceRules({ ...ALERTS, patience })
        .flatMap((group) => group.rules)
        .map((rule) => ("for" in rule ? rule.for : undefined));
    expect(waits(1)).toContain("900s");
    expect(waits(0.1)).toContain("90s");
  });
});

describe("the windows of the alerts", () => {
  const days = { d: 1, h: 24, m: 24 * 60, s: 24 * 3600 };
  const ranges = groups
    .flatMap((group) => group.rules)
    .flatMap(({ expr }) => [...expr.matchAll(/\[(\d+)([dhms])\]/g)])
    .map(([, count, unit]) => Number(count) / days[unit as keyof typeof days]);

  it("are no longer than Prometheus keeps its series at least", () => {
    expect(Math.max(...ranges)).toBe(SLOWEST_ALERT_DAYS);
  });
});

describe("the runbooks", () => {
  it("have no section without an alert", () => {
    const names = new Set(alerts.map(({ alert }) => alert));
    const text = readFileSync("docs/runbooks.md", "utf8");
    const sections = [...text.matchAll(/^## (.+)$/gm)].map(([, title = ""]) => title);
    expect(sections.filter((title) => !names.has(title))).toEqual([]);
  });
});
