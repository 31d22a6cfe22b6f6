import { expect, it } from "vitest";
import type { VersionTraffic } from "#service/inference/engine/engine.js";
import { sumTraffic } from "#service/inference/workers/sum-traffic.js";

function figures(version: string, count: number, more: Partial<VersionTraffic> = {}): VersionTraffic {
  return {
    version,
    ready: true,
    labels: ["canary"],
    traffic: 5,
    shadow: 0,
    requests: count,
    errors: count,
    fallbacks: count,
    latency: { bounds: [1, 2], counts: [count, 0, count] },
    copies: {
      compared: count,
      failed: count,
      dropped: count,
      rows: count,
      flippedRows: count,
      largestDifference: count,
      difference: { sum: count, count },
      distance: { sum: count, count },
    },
    ...more,
  };
}

it("adds up the traffic of several engines by version; what differs is not yet so", () => {
  const behind = figures("2", 2, { ready: false, traffic: 0 });
  const [first, second] = sumTraffic([[figures("2", 1), figures("1", 1)], [behind]]);
  const sum = figures("2", 3, { ready: false, traffic: 0 });
  expect(first).toEqual({ ...sum, copies: { ...sum.copies, largestDifference: 2 } });
  expect(second).toEqual(figures("1", 1));
});
