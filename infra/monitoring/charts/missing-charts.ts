import { existsSync } from "node:fs";
import { join } from "node:path";

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

type MonitoringSettings = Pick<Settings["monitoring"], "mode" | "charts" | "crds">;

/**
 * Finds out before anything is made whether the charts can be had that the monitoring is installed from. Folders are
 * relative to `root`. Returns why not; undefined where nothing speaks against it.
 */
export async function missingCharts(
  { mode, charts: place, crds }: MonitoringSettings,
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
    return gone === undefined ? undefined : `there is no chart ${gone.name} in ${place}`;
  }
  if (PROXIES.some((name) => process.env[name] !== undefined)) {
    return undefined;
  }
  const code = await refusal(`${place.replace(/\/$/, "")}/index.yaml`);
  return code === undefined ? undefined : `${place} cannot be reached (${code})`;
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
