import { z } from "zod";

const url = z.url({
  protocol: /^https?$/,
  error: "must be a URL that begins with https:// or http://",
});
const email = z.email("must be an e-mail address");

function secretUrl(what: string) {
  return url.describe(`${what}; set it with \`--secret\`.`);
}

/** How bad an alert must be to be sent, worst first. */
export const SEVERITIES = ["critical", "warning"] as const;

function from(severity: (typeof SEVERITIES)[number]) {
  return z
    .enum(SEVERITIES)
    .default(severity)
    .describe("`critical`: critical alerts alone; `warning`: those and warnings.");
}

const emailSchema = z
  .strictObject({
    to: z.array(email).min(1, "must name somebody").describe("Who gets them."),
    from: email.describe("Whom they come from."),
    server: z
      .string()
      .regex(/^[^\s:/]+:\d+$/, "must be a host and a port such as smtp.example.com:587")
      .describe("Mail server, with its port."),
    username: z.string().min(1).optional().describe("User that the server asks for."),
    password: z.string().min(1).optional().describe("That user's password; set it with `--secret`."),
    tls: z.boolean().default(true).describe("Whether the server must offer TLS."),
    severity: from("warning"),
  })
  .refine((mail) => (mail.username === undefined) === (mail.password === undefined), {
    path: ["password"],
    error: "must be set together with username",
  })
  .describe("Alerts by e-mail.");

const slackSchema = z
  .strictObject({
    url: secretUrl("Address of the incoming webhook"),
    channel: z.string().min(1).optional().describe("Channel, where it is not the webhook's own."),
    severity: from("warning"),
  })
  .describe("Alerts in Slack.");

const pagerDutySchema = z
  .strictObject({
    routingKey: z.string().min(1).describe("Key of the Events API v2; set it with `--secret`."),
    severity: from("critical"),
  })
  .describe("Alerts that wake somebody, by PagerDuty.");

const webhookSchema = z
  .strictObject({
    url: secretUrl("Address that Alertmanager posts to"),
    token: z
      .string()
      .min(1)
      .optional()
      .describe("Token that it sends as `Authorization: Bearer`; set it with `--secret`."),
    severity: from("warning"),
  })
  .describe("Alerts as JSON, as Alertmanager writes it.");

const deadMansSwitchSchema = z
  .strictObject({
    url: secretUrl("Address of a service that raises the alarm when nothing is posted there any more"),
    everySeconds: z.int().min(60).max(86_400).default(300).describe("Seconds between two signs of life."),
  })
  .describe("A sign of life of the whole way from Prometheus to whoever is told.");

/** Who is told of alerts. */
export const alertReceiversSchema = z
  .strictObject({
    email: emailSchema.optional(),
    slack: slackSchema.optional(),
    pagerduty: pagerDutySchema.optional(),
    webhook: webhookSchema.optional(),
    deadMansSwitch: deadMansSwitchSchema.optional(),
  })
  .describe("Who is told of alerts.");

export type AlertReceivers = z.infer<typeof alertReceiversSchema>;
