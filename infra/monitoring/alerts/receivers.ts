import { type AlertReceivers, SEVERITIES } from "../../settings/alert-receivers.js";

type Severity = (typeof SEVERITIES)[number];

/** A receiver of Alertmanager, and from which severity on it is told. */
interface Receiver {
  readonly severity: Severity;
  readonly config: Readonly<Record<string, unknown>> & { readonly name: string };
}

/** The chart's alert that always fires, to show that the way to whoever is told works. */
const ALWAYS_FIRING = "Watchdog";
const NOBODY = "nobody";
const DEAD_MANS_SWITCH = "dead-mans-switch";

const SUMMARY = "{{ .CommonAnnotations.summary }}";
const EACH =
  "{{ range .Alerts }}*{{ .Annotations.summary }}*\n{{ .Annotations.description }}{{ with .Annotations.runbook_url }}\n<{{ . }}|Runbook>{{ end }}\n\n{{ end }}";

/** Alertmanager's configuration: each receiver gets the alerts of its severity, whatever the others get. */
export function alertmanagerConfig(receivers: AlertReceivers): Record<string, unknown> {
  const { deadMansSwitch } = receivers;
  const told = receiversOf(receivers);
  return {
    route: {
      receiver: NOBODY,
      group_by: ["namespace", "alertname", "job"],
      group_wait: "30s",
      group_interval: "5m",
      repeat_interval: "12h",
      routes: [signOfLife(deadMansSwitch), ...told.map(route)],
    },
    inhibit_rules: INHIBITIONS,
    receivers: [
      { name: NOBODY },
      ...(deadMansSwitch === undefined
        ? []
        : [
            {
              name: DEAD_MANS_SWITCH,
              webhook_configs: [{ url: deadMansSwitch.url, send_resolved: false }],
            },
          ]),
      ...told.map(({ config }) => config),
    ],
  };
}

/** Whether anybody is to be told. */
export function hasReceivers(receivers: AlertReceivers): boolean {
  return Object.values(receivers).some((receiver) => receiver !== undefined);
}

function signOfLife(deadMansSwitch: AlertReceivers["deadMansSwitch"]) {
  const seconds = deadMansSwitch?.everySeconds;
  return {
    matchers: [`alertname="${ALWAYS_FIRING}"`],
    receiver: seconds === undefined ? NOBODY : DEAD_MANS_SWITCH,
    // It is repeated when the group is looked at, so that must not be rarer.
    ...(seconds !== undefined && {
      group_wait: "0s",
      group_interval: `${Math.min(60, seconds)}s`,
      repeat_interval: `${seconds}s`,
    }),
  };
}

function route({ severity, config }: Receiver) {
  const severities = SEVERITIES.slice(0, SEVERITIES.indexOf(severity) + 1);
  return { matchers: [`severity=~"${severities.join("|")}"`], receiver: config.name, continue: true };
}

function receiversOf({ email, slack, pagerduty, webhook }: AlertReceivers): Receiver[] {
  return [
    ...(email === undefined ? [] : [emailReceiver(email)]),
    ...(slack === undefined ? [] : [slackReceiver(slack)]),
    ...(pagerduty === undefined ? [] : [pagerDutyReceiver(pagerduty)]),
    ...(webhook === undefined ? [] : [webhookReceiver(webhook)]),
  ];
}

type Of<Kind extends keyof AlertReceivers> = NonNullable<AlertReceivers[Kind]>;

function emailReceiver({ to, from, server, username, password, tls, severity }: Of<"email">): Receiver {
  const config = {
    to: to.join(", "),
    from,
    smarthost: server,
    require_tls: tls,
    send_resolved: true,
    ...(username !== undefined && { auth_username: username, auth_password: password }),
  };
  return { severity, config: { name: "email", email_configs: [config] } };
}

function slackReceiver({ url, channel, severity }: Of<"slack">): Receiver {
  const config = {
    api_url: url,
    ...(channel !== undefined && { channel }),
    send_resolved: true,
    title: `{{ .Status | toUpper }}: {{ .CommonLabels.alertname }}`,
    text: EACH,
  };
  return { severity, config: { name: "slack", slack_configs: [config] } };
}

function pagerDutyReceiver({ routingKey, severity }: Of<"pagerduty">): Receiver {
  const config = {
    routing_key: routingKey,
    description: SUMMARY,
    severity: '{{ if eq .CommonLabels.severity "critical" }}critical{{ else }}warning{{ end }}',
    details: { runbook: "{{ .CommonAnnotations.runbook_url }}", namespace: "{{ .CommonLabels.namespace }}" },
    send_resolved: true,
  };
  return { severity, config: { name: "pagerduty", pagerduty_configs: [config] } };
}

function webhookReceiver({ url, token, severity }: Of<"webhook">): Receiver {
  const config = {
    url,
    send_resolved: true,
    ...(token !== undefined && { http_config: { authorization: { credentials: token } } }),
  };
  return { severity, config: { name: "webhook", webhook_configs: [config] } };
}

/** Who is told of what is worse need not be told of the same again. */
const INHIBITIONS = [
  {
    source_matchers: ['severity="critical"'],
    target_matchers: ['severity=~"warning|info"'],
    equal: ["namespace", "alertname"],
  },
];
