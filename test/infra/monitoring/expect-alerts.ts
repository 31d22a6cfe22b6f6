import { inferenceRules } from "#infra/monitoring/alerts/rule-groups.js";
import { testRules, type RuleTest } from "./promtool.js";
import { ALERTS } from "./settings.js";

const SERVICE = { namespace: "shop", job: "inference" };
const POD = { ...SERVICE, pod: "inference-6d4cf56db6-abcde" };

/** Labels of the series that the tests make up. */
export const LABELS = {
  service: SERVICE,
  pod: POD,
  model: { ...POD, model: "mnist", version: "1" },
};

export type Labels = Readonly<Record<string, string>>;

export function series(name: string, labels: Labels, values: string) {
  const matchers = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return { series: `${name}{${matchers.join(",")}}`, values };
}

/** Expects that exactly these alerts of one name fire at a time. */
export function expectAlerts(
  inputs: RuleTest["input_series"],
  alertname: string,
  times: Readonly<Record<string, Labels[]>>,
): void {
  const expected = Object.entries(times).map(([eval_time, labels]) => ({
    eval_time,
    alertname,
    exp_alerts: labels.map((exp_labels) => ({ exp_labels })),
  }));
  testRules(inferenceRules(ALERTS), [{ input_series: inputs, alert_rule_test: expected }]);
}
