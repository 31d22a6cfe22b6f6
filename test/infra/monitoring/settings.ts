import type { AlertContext } from "#infra/monitoring/alerts/rule-groups.js";

/** The settings that the tests of rules and dashboards share. */
export const ALERTS: AlertContext = {
  watched: { namespace: "shop", job: "inference" },
  objectives: { availability: 0.999, latency: 0.99, latencySeconds: 0.1 },
  runbooks: "https://wiki.example.com/runbooks",
  patience: 1,
};
