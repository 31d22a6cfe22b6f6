import { describe, expect, it } from "vitest";
import { planVersions, type PlannedVersion } from "#service/inference/engine/repository/plan.js";

const LATEST = { policy: "latest", count: 1 } as const;

function state(version: string, more: Partial<PlannedVersion> = {}): PlannedVersion {
  return {
    version,
    stamp: `${version}a`,
    settled: true,
    servedStamp: undefined,
    refusedStamp: undefined,
    ...more,
  };
}

describe("the plan", () => {
  it("loads what the policy wants", () => {
    expect(planVersions([state("1"), state("2")], LATEST)).toEqual({ load: ["2"], retire: [] });
  });

  it("leaves alone what serves already", () => {
    expect(planVersions([state("1", { servedStamp: "1a" })], LATEST)).toEqual({ load: [], retire: [] });
  });

  it("loads the new version beside the old one", () => {
    const states = [state("1", { servedStamp: "1a" }), state("2")];
    expect(planVersions(states, LATEST)).toEqual({ load: ["2"], retire: ["1"] });
  });

  it("keeps the old version while the new one's files still change", () => {
    const states = [state("1", { servedStamp: "1a" }), state("2", { settled: false })];
    expect(planVersions(states, LATEST)).toEqual({ load: [], retire: [] });
  });

  it("keeps the old version when the new one was refused", () => {
    const states = [state("1", { servedStamp: "1a" }), state("2", { refusedStamp: "2a" })];
    expect(planVersions(states, LATEST)).toEqual({ load: [], retire: [] });
  });

  it("falls back to an older version when the newest is refused at the first start", () => {
    expect(planVersions([state("1"), state("2", { refusedStamp: "2a" })], LATEST)).toMatchObject({
      load: ["1"],
    });
  });

  it("tries a refused version again when its files have changed", () => {
    expect(planVersions([state("1", { refusedStamp: "old" })], LATEST)).toMatchObject({ load: ["1"] });
  });

  it("loads a version again when its files have changed, and keeps serving the old ones if they are refused", () => {
    expect(planVersions([state("1", { servedStamp: "old" })], LATEST)).toEqual({ load: ["1"], retire: [] });
    const refused = state("1", { servedStamp: "old", refusedStamp: "1a" });
    expect(planVersions([refused], LATEST)).toEqual({ load: [], retire: [] });
  });

  it("retires a version whose folder is gone", () => {
    const states = [state("1", { stamp: undefined, servedStamp: "1a" })];
    expect(planVersions(states, LATEST)).toEqual({ load: [], retire: ["1"] });
  });
});
