import { describe, expect, it } from "vitest";
import { replaceBetweenMarkers, summaryTable } from "../../bench/readme.js";
import type { Results } from "../../bench/results.js";

describe("replaceBetweenMarkers", () => {
  it("replaces what stands between the markers and nothing else", () => {
    const text = "before\n<!-- bench:start -->\nold\n<!-- bench:end -->\nafter";
    expect(replaceBetweenMarkers(text, "new")).toBe(
      "before\n<!-- bench:start -->\n\nnew\n\n<!-- bench:end -->\nafter",
    );
  });

  it("says which markers are missing", () => {
    expect(() => replaceBetweenMarkers("text", "new")).toThrow("<!-- bench:start -->");
  });
});

describe("summaryTable", () => {
  const variant = (name: string, title: string, input: string, perSecond: number) => ({
    name,
    title,
    closed: [{ input, connections: 16, runs: [{ perSecond }] }],
  });
  const results = {
    variants: [
      variant("ours", "this service", "json", 3000),
      variant("fastapi", "FastAPI + onnxruntime", "json", 1000),
    ],
  } as unknown as Results;

  it("gives requests per second beside another server's, and how many times as many", () => {
    expect(summaryTable(results)).toContain("| 3,000 req/s | FastAPI + onnxruntime: 1,000 req/s (3.0×) |");
  });

  it("says where nothing was measured", () => {
    expect(summaryTable(results)).toContain("| – req/s | mlserver: – req/s |");
  });
});
