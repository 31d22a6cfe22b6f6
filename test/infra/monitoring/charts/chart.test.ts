import { expect, it } from "vitest";
import { CHARTS, chartSource } from "#infra/monitoring/charts/chart.js";

const { stack } = CHARTS;

it("finds a chart in a repository", () => {
  expect(chartSource("https://charts.example", stack, "/project")).toEqual({
    chart: stack.name,
    version: stack.version,
    repositoryOpts: { repo: "https://charts.example" },
  });
});

it("finds a chart in a registry", () => {
  expect(chartSource("oci://registry.example/charts/", stack, "/project").chart).toBe(
    `oci://registry.example/charts/${stack.name}`,
  );
});

it("finds a chart in a folder, absolute or beside the project", () => {
  expect(chartSource("/charts", stack, "/project").chart).toBe(`/charts/${stack.name}`);
  expect(chartSource("./charts", stack, "/project").chart).toBe(`/project/charts/${stack.name}`);
});

it("pins every chart", () => {
  for (const { version } of Object.values(CHARTS)) {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  }
});
