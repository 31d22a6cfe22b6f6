import type { AlertRule } from "./rule-group.js";

/** What an alert says of itself; the rest of its rule is alike for all, see `alertRule`. */
export interface Alert {
  /** Its name, and its section in the runbooks. */
  readonly name: string;
  readonly expr: string;
  /** Minutes that the condition must hold; without them it fires at once. */
  readonly minutes?: number;
  readonly severity: "critical" | "warning";
  /** Labels besides the severity. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly description: string;
}

/** What all alerts of a service share. */
export interface AlertFrame {
  /** Address of the runbooks, where they can be read; an alert appends its own section. */
  readonly runbooks?: string | undefined;
  /** Factor on how long a condition must hold: 1, or less to rehearse the alerts. */
  readonly patience: number;
}

/** Where the runbooks are in the repository. */
const PAGE = "docs/runbooks.md";

/** An alert as Prometheus's rule files have it. */
export function alertRule(alert: Alert, { runbooks, patience }: AlertFrame): AlertRule {
  const { name, expr, minutes, severity, labels, summary, description } = alert;
  return {
    alert: name,
    expr,
    ...(minutes !== undefined && { for: `${Math.round(minutes * 60 * patience)}s` }),
    labels: { severity, ...labels },
    annotations: { summary, description, ...runbookOf(name, runbooks) },
  };
}

/** A link that opens; where nobody said at which address, the page of the repository, which is no link. */
function runbookOf(name: string, runbooks: string | undefined): Partial<AlertRule["annotations"]> {
  const section = `#${name.toLowerCase()}`;
  return runbooks === undefined ? { runbook: `${PAGE}${section}` } : { runbook_url: `${runbooks}${section}` };
}
