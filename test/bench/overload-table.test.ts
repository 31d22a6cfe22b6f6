import { describe, expect, it } from "vitest";
import { overloadReport } from "../../bench/overload-table.js";

describe("the table of overload", () => {
  it("has a row for each server and load, per second and in milliseconds", () => {
    const machine = {
      cpu: "CPU",
      cores: 2,
      memoryBytes: 2 ** 30,
      system: "Linux",
      node: "v20",
      date: "today",
    };
    const load = {
      ...{ rate: 1000, scheduled: 4000, succeeded: 400, failed: 3600, refused: 3200, lagP99: 0 },
      ...{ p50: null, p90: null, p99: null, p999: null, max: null },
      ...{ answeredP50: 0.25, answeredP99: 0.3 },
    };
    const text = overloadReport(machine, 4, [
      { title: "ours", capacity: 100, points: [{ factor: 10, load }] },
    ]);
    expect(text).toContain("ours 100/s");
    expect(text).toContain("| ours | 10× | 1,000 | 100 | 800 | 100 | 250.0 | 300.0 |");
  });
});
