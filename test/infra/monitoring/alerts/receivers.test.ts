import { describe, expect, it } from "vitest";

import { alertmanagerConfig } from "#infra/monitoring/alerts/receivers.js";
import { alertReceiversSchema } from "#infra/settings/alert-receivers.js";
import { parseSettings } from "#infra/settings/settings.js";

/** Every receiver there is. */
const ALL = {
  email: {
    to: ["ops@example.com", "boss@example.com"],
    from: "alerts@example.com",
    server: "smtp.example.com:587",
  },
  slack: { url: "https://hooks.slack.test/services/T0/B0/secret" },
  pagerduty: { routingKey: "r0uting" },
  webhook: { url: "https://chat.example.com/hook", token: "bearer" },
  deadMansSwitch: { url: "https://hc.example.com/uuid" },
};

interface Route {
  receiver: string;
  matchers: string[];
  continue?: boolean;
  routes?: Route[];
}

function config(receivers: object) {
  return alertmanagerConfig(alertReceiversSchema.parse(receivers)) as {
    route: Route;
    receivers: Record<string, unknown>[];
  };
}

/** Who is told of an alert of these labels, by Alertmanager's rules of routes that go on. */
function told(receivers: object, labels: Record<string, string>): string[] {
  const { route } = config(receivers);
  const found = [];
  for (const { matchers, receiver, continue: goesOn } of route.routes ?? []) {
    const matches = matchers.every((matcher) => {
      const [, name = "", , pattern = ""] = /^(\w+)(=~?)"(.*)"$/.exec(matcher) ?? [];
      return new RegExp(`^(${pattern})$`).test(labels[name] ?? "");
    });
    if (matches) {
      found.push(receiver);
      if (goesOn !== true) {
        break;
      }
    }
  }
  return found.length > 0 ? found : [route.receiver];
}

describe("Alertmanager", () => {
  const warning = { alertname: "InferenceQueueSaturated", severity: "warning" };
  const critical = { alertname: "InferenceDown", severity: "critical" };
  const watchdog = { alertname: "Watchdog", severity: "none" };

  it("tells everybody of what is critical, and wakes nobody for a warning", () => {
    expect(told(ALL, critical)).toEqual(["email", "slack", "pagerduty", "webhook"]);
    expect(told(ALL, warning)).toEqual(["email", "slack", "webhook"]);
    expect(told({ pagerduty: { routingKey: "r", severity: "warning" } }, warning)).toEqual(["pagerduty"]);
  });

  it("tells nobody of what is neither", () => {
    expect(told(ALL, { alertname: "InfoInhibitor", severity: "none" })).toEqual(["nobody"]);
    expect(told({ slack: ALL.slack }, watchdog)).toEqual(["nobody"]);
  });

  it("gives signs of life to the dead man's switch alone, at least as often as was asked", () => {
    expect(told(ALL, watchdog)).toEqual(["dead-mans-switch"]);
    expect(config(ALL).route.routes?.[0]).toMatchObject({ group_interval: "60s", repeat_interval: "300s" });
  });

  it("has each receiver that a route leads to, and no other", () => {
    for (const receivers of [ALL, { slack: ALL.slack }, { deadMansSwitch: ALL.deadMansSwitch }]) {
      const { route, receivers: found } = config(receivers);
      const led = new Set([route.receiver, ...(route.routes ?? []).map(({ receiver }) => receiver)]);
      expect(new Set(found.map(({ name }) => name))).toEqual(led);
    }
  });
});

describe("receivers of alerts", () => {
  function fault(receivers: object, monitoring: object = {}): string {
    const section = JSON.stringify({ receivers, ...monitoring });
    try {
      parseSettings({ "ai-model-service:cluster": "local", "ai-model-service:monitoring": section });
      return "";
    } catch (error) {
      return String(error);
    }
  }

  it("are refused by key, without their secret", () => {
    const slack = fault({ slack: { url: "hooks.slack.test/secret" } });
    expect(slack).toContain("monitoring.receivers.slack.url must be a URL that begins with https://");
    expect(slack).not.toContain("secret");
    expect(fault({ pagerduty: { routingKey: 12345 } })).not.toContain("12345");
    expect(fault({ email: { ...ALL.email, username: "me" } })).toContain(
      "monitoring.receivers.email.password must be set together with username",
    );
    expect(fault({ email: { ...ALL.email, to: [] } })).toContain("receivers.email.to must");
    expect(fault({ email: { ...ALL.email, server: "smtp.example.com" } })).toContain(
      "monitoring.receivers.email.server must be a host and a port",
    );
  });

  it("are refused where another Alertmanager or another configuration would win", () => {
    expect(fault(ALL)).toBe("");
    expect(fault(ALL, { mode: "none" })).toContain(
      "monitoring.receivers applies only where monitoring.mode is stack",
    );
    expect(fault(ALL, { stackValues: { alertmanager: { config: {} } } })).toContain(
      "monitoring.receivers would replace monitoring.stackValues.alertmanager.config",
    );
    expect(fault(ALL, { stackValues: { alertmanager: { replicas: 2 } } })).toBe("");
    expect(fault({}, { stackValues: { alertmanager: { config: {} } } })).toBe("");
  });
});
