import { existsSync } from "node:fs";
import { join } from "node:path";

import { fullKey, howToSet } from "../../settings/keys.js";
import type { Settings } from "../../settings/settings.js";
import { type Chart, CHARTS, chartSource } from "./chart.js";

/** Longest that a repository of charts may take to answer. */
const PATIENCE_SECONDS = 20;

/** Codes of a connection that never came about; whatever else goes wrong Helm can judge better. */
const UNREACHABLE = new Set([
  "ENOTFOUND",
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** Variables with which Helm, unlike Node.js, goes through a proxy. */
const PROXIES = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];

type ChartSettings = Pick<Settings["monitoring"], "mode" | "charts" | "crds">;

/**
 * Finds out before anything is made whether the charts that the monitoring is installed from are there. Folders are
 * relative to `root`. Returns a sentence for the fault; none where nothing speaks against the installation.
 */
export async function missingCharts(settings: ChartSettings, root: string): Promise<string[]> {
  const fault = await faultOf(settings, root);
  return fault === undefined
    ? []
    : [
        `${fullKey("monitoring.charts")}: ${fault} Prometheus and Grafana are installed from there. Name a folder that holds the charts, or do without monitoring: ${howToSet("monitoring.mode", "none")}.`,
      ];
}

async function faultOf(
  { mode, charts: place, crds }: ChartSettings,
  root: string,
): Promise<string | undefined> {
  if (mode !== "stack" || place.startsWith("oci://")) {
    return undefined;
  }
  if (!/^https?:\/\//.test(place)) {
    const wanted: Chart[] = [...(crds ? [CHARTS.definitions] : []), CHARTS.stack, CHARTS.adapter];
    const gone = wanted.find(
      (chart) => !existsSync(join(chartSource(place, chart, root).chart, "Chart.yaml")),
    );
    return gone === undefined ? undefined : `The chart ${gone.name} is not in ${place}.`;
  }
  if (PROXIES.some((name) => process.env[name] !== undefined)) {
    return undefined;
  }
  const code = await refusal(`${place.replace(/\/$/, "")}/index.yaml`);
  return code === undefined ? undefined : `${place} cannot be reached (${code}).`;
}

async function refusal(url: string): Promise<string | undefined> {
  try {
    await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(PATIENCE_SECONDS * 1000) });
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) {
      throw error;
    }
    if (error.name === "TimeoutError") {
      return `no answer in ${PATIENCE_SECONDS} s`;
    }
    const { cause } = error;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    return UNREACHABLE.has(code) ? code : undefined;
  }
}
