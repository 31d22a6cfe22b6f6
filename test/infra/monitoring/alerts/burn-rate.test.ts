import { describe, expect, it } from "vitest";
import { burnAlerts, burnRecordings, type BurnObjective } from "#infra/monitoring/alerts/burn-rate.js";
import { SLOWEST_ALERT_DAYS } from "#infra/settings/monitoring.js";

const objective: BurnObjective = {
  alert: "Burn",
  record: "shop:bad",
  budget: 0.001,
  badRatio: (window: string) => `bad[${window}]`,
  summary: "Too many fail.",
  labels: { namespace: "shop", job: "inference" },
};

describe("an objective", () => {
  it("is recorded over every window that its alerts compare, once each", () => {
    const recorded = burnRecordings(objective);
    const compared = burnAlerts(objective).flatMap(({ expr }) => expr.match(/shop:bad:ratio_rate\w+/g) ?? []);
    expect(recorded.map(({ record }) => record).sort()).toEqual([...new Set(compared)].sort());
    expect(recorded).toContainEqual({
      record: "shop:bad:ratio_rate1h",
      expr: "bad[1h]",
      labels: objective.labels,
    });
  });

  it("is missed when a long and a short window burn its budget, in a month of which the share is spent", () => {
    const spent = burnAlerts(objective).map(({ expr, labels, severity }) => {
      const [long, short] = [...expr.matchAll(/ratio_rate(\w+)\{(.*?)\} > ([\d.]+)/g)];
      expect(long?.slice(2)).toEqual(short?.slice(2));
      expect(long?.[2]).toBe('namespace="shop",job="inference"');
      expect(labels?.["window"]).toBe(long?.[1]);
      const share = ((Number(long?.[3]) / objective.budget) * hours(long?.[1])) / (30 * 24);
      return [severity, Number(share.toFixed(6)), hours(long?.[1]) / hours(short?.[1])];
    });
    // Of the Site Reliability Workbook: 2, 5 and 10 percent of the budget; the short window is a twelfth of the long.
    expect(spent).toEqual([
      ["critical", 0.02, 12],
      ["critical", 0.05, 12],
      ["warning", 0.1, 12],
    ]);
  });

  it("has thresholds without the noise of floating point", () => {
    const [page] = burnAlerts({ ...objective, budget: 1 - 0.999 });
    expect(page?.expr).toMatch(/> 0\.0144 and .*> 0\.0144$/);
    expect(page?.description).toContain("0.1%");
  });

  it("tells how long the budget lasts", () => {
    const alerts = burnAlerts(objective);
    expect(alerts.map(({ description }) => /used up in (\d+ \w+)/.exec(description)?.[1])).toEqual([
      "50 hours",
      "5 days",
      "30 days",
    ]);
    for (const { summary } of alerts) {
      expect(summary).toBe(objective.summary);
    }
  });
});

describe("the longest window", () => {
  it("is the one that Prometheus is told to keep series for", () => {
    const windows = burnAlerts(objective).map(({ labels }) => hours(labels?.["window"]));
    expect(SLOWEST_ALERT_DAYS * 24).toBe(Math.max(...windows));
  });
});

function hours(window = ""): number {
  const unit = { m: 1 / 60, h: 1, d: 24 }[window.slice(-1)] ?? NaN;
  return Number(window.slice(0, -1)) * unit;
}
