/** Alerts: those that any service has, those of inference alone, and the one frame that they share. */

import { type AlertFrame, alertRule } from "./alert.js";
import { burnAlerts, burnRecordings } from "./burn-rate.js";
import { inferenceAlerts } from "./inference-alerts.js";
import type { RuleGroup } from "./rule-group.js";
import { serviceAlerts, serviceObjectives, type WatchedPromise } from "./service-alerts.js";

/** What alerts are made of: the service that is watched, what it promises, and what all alerts share. */
export type AlertContext = WatchedPromise & AlertFrame;

/** Every rule that watches the inference service, as the groups of a PrometheusRule: those of any service, and its own. */
export function inferenceRules(context: AlertContext): RuleGroup[] {
  const kind = "Inference";
  const { job } = context.watched;
  const objectives = serviceObjectives(kind, context);
  const alerts = [
    ...objectives.flatMap(burnAlerts),
    ...serviceAlerts(kind, context.watched),
    ...inferenceAlerts(context.watched),
  ];
  return [
    { name: `${job}-objectives`, rules: objectives.flatMap(burnRecordings) },
    { name: `${job}-alerts`, rules: alerts.map((alert) => alertRule(alert, context)) },
  ];
}
