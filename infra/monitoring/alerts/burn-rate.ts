import type { Alert } from "./alert.js";
import type { RecordingRule } from "./rule-group.js";

/** One pair of windows: it fires when both burn the error budget `factor` times faster than is sustainable. */
interface BurnWindow {
  readonly long: string;
  readonly short: string;
  readonly factor: number;
  readonly severity: "critical" | "warning";
}

/**
 * Windows, factors and severities for a budget of 30 days, from "Alerting on SLOs" in Google's Site Reliability
 * Workbook, table 5-8: 2% of the budget in an hour, 5% in six hours, 10% in three days.
 */
const BURN_WINDOWS: readonly BurnWindow[] = [
  { long: "1h", short: "5m", factor: 14.4, severity: "critical" },
  { long: "6h", short: "30m", factor: 6, severity: "critical" },
  { long: "3d", short: "6h", factor: 1, severity: "warning" },
];

/** A promise of a service, kept by alerts on how fast its error budget burns. */
export interface BurnObjective {
  /** Name of the alert. */
  readonly alert: string;
  /** Name of the recorded ratio, without its window: `level:metric`. */
  readonly record: string;
  /** Share of bad requests that the objective allows, for example 0.001. */
  readonly budget: number;
  /** PromQL of the share of bad requests over a window, 0 to 1. */
  readonly badRatio: (window: string) => string;
  readonly summary: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Recording rules for the ratio over every window that the alerts compare. */
export function burnRecordings({ record, badRatio, labels }: BurnObjective): RecordingRule[] {
  const windows = new Set(BURN_WINDOWS.flatMap(({ long, short }) => [short, long]));
  return [...windows].map((window) => ({
    record: `${record}:ratio_rate${window}`,
    expr: badRatio(window),
    labels,
  }));
}

/** One alert per pair of windows; the short one makes it end soon after the burning ends. */
export function burnAlerts({ alert, record, budget, summary, labels }: BurnObjective): Alert[] {
  const matchers = Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(",");
  return BURN_WINDOWS.map(({ long, short, factor, severity }) => {
    const threshold = Number((factor * budget).toPrecision(6));
    const above = (window: string) => `${record}:ratio_rate${window}{${matchers}} > ${threshold}`;
    return {
      name: alert,
      expr: `${above(long)} and ${above(short)}`,
      severity,
      labels: { window: long },
      summary,
      description: `In the last ${long}, {{ $value | humanizePercentage }} of the requests missed the objective, which allows ${Number((budget * 100).toPrecision(6))}%. At this rate the error budget for 30 days is used up in ${budgetLife(factor)} or less.`,
    };
  });
}

function budgetLife(factor: number): string {
  const days = 30 / factor;
  return days >= 3 ? `${Number(days.toFixed(0))} days` : `${Number((days * 24).toFixed(0))} hours`;
}
