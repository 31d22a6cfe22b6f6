import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { CHARTS } from "#infra/monitoring/charts/chart.js";
import { missingCharts } from "#infra/monitoring/charts/missing-charts.js";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "charts-"));
  for (const name of ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"]) {
    vi.stubEnv(name, undefined);
  }
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

function ask(charts: string, changes: { mode?: "none"; crds?: boolean } = {}): Promise<string[]> {
  return missingCharts({ mode: "stack", crds: true, charts, ...changes }, root);
}

async function withServer<T>(run: (url: string) => Promise<T>): Promise<T> {
  // Helm can tell what a strange answer means.
  const server = createServer((_, response) => response.writeHead(404).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}/charts/`);
  } finally {
    server.close();
  }
}

it("is content with a repository that answers", async () => {
  expect(await withServer(ask)).toEqual([]);
});

it("says that a repository cannot be reached", async () => {
  const url = await withServer((address) => Promise.resolve(address));
  const [fault, ...others] = await ask(url);
  expect(fault).toContain(`ai-model-service:monitoring.charts: ${url} cannot be reached (ECONNREFUSED). `);
  expect(fault).toMatch(
    /do without monitoring: `pulumi config set --path \S+:monitoring\.mode none`, or `npm run up/,
  );
  expect(others).toEqual([]);
});

it("leaves a repository behind a proxy to Helm", async () => {
  vi.stubEnv("https_proxy", "http://proxy.test:3128");
  expect(await ask("https://charts.invalid")).toEqual([]);
});

it("finds the charts in a folder, and names the first that is not there", async () => {
  for (const name of [CHARTS.stack.name, CHARTS.adapter.name]) {
    mkdirSync(join(root, "charts", name), { recursive: true });
    writeFileSync(join(root, "charts", name, "Chart.yaml"), "");
  }
  expect(await ask("charts", { crds: false })).toEqual([]);
  expect(await ask("charts")).toEqual([
    expect.stringContaining(": The chart prometheus-operator-crds is not in charts. "),
  ]);
});

it("asks nobody where nothing is installed", async () => {
  expect(await ask("https://charts.invalid", { mode: "none" })).toEqual([]);
});
