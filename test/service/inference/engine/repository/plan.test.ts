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
    absence: undefined,
    ...more,
  };
}

describe("the plan", () => {
  it("loads what the policy wants", () => {
    expect(planVersions([state("1"), state("2")], LATEST)).toEqual({ fetch: [], load: ["2"], retire: [] });
  });

  it("leaves alone what serves already", () => {
    expect(planVersions([state("1", { servedStamp: "1a" })], LATEST)).toEqual({
      fetch: [],
      load: [],
      retire: [],
    });
  });

  it("loads the new version beside the old one", () => {
    const states = [state("1", { servedStamp: "1a" }), state("2")];
    expect(planVersions(states, LATEST)).toEqual({ fetch: [], load: ["2"], retire: ["1"] });
  });

  it("keeps the old version while the new one's files still change", () => {
    const states = [state("1", { servedStamp: "1a" }), state("2", { settled: false })];
    expect(planVersions(states, LATEST)).toEqual({ fetch: [], load: [], retire: [] });
  });

  it("keeps the old version when the new one was refused", () => {
    const states = [state("1", { servedStamp: "1a" }), state("2", { refusedStamp: "2a" })];
    expect(planVersions(states, LATEST)).toEqual({ fetch: [], load: [], retire: [] });
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
    expect(planVersions([state("1", { servedStamp: "old" })], LATEST)).toEqual({
      fetch: [],
      load: ["1"],
      retire: [],
    });
    const refused = state("1", { servedStamp: "old", refusedStamp: "1a" });
    expect(planVersions([refused], LATEST)).toEqual({ fetch: [], load: [], retire: [] });
  });

  it("retires a version whose folder is gone", () => {
    const states = [state("1", { stamp: undefined, servedStamp: "1a" })];
    expect(planVersions(states, LATEST)).toEqual({ fetch: [], load: [], retire: ["1"] });
  });
});

describe("files that lie elsewhere", () => {
  const away = (version: string, absence: PlannedVersion["absence"] = "unasked"): PlannedVersion =>
    state(version, { absence });

  it("are fetched of what the policy chooses, while what it is to replace serves on", () => {
    const states = [away("1"), state("2", { servedStamp: "2a" }), away("3")];
    expect(planVersions(states, LATEST)).toEqual({ fetch: ["3"], load: [], retire: [] });
  });

  it("are not fetched twice", () => {
    const states = [state("2", { servedStamp: "2a" }), away("3", "fetching")];
    expect(planVersions(states, LATEST)).toEqual({ fetch: [], load: [], retire: [] });
  });

  it("are not fetched while they still change", () => {
    expect(planVersions([{ ...away("3"), settled: false }], LATEST)).toEqual({
      fetch: [],
      load: [],
      retire: [],
    });
  });

  it("let an older version serve that is here", () => {
    const states = [away("1"), state("2"), away("3", "fetching")];
    expect(planVersions(states, LATEST)).toEqual({ fetch: [], load: ["2"], retire: [] });
  });

  it("are fetched of the next older version when a fetch failed", () => {
    expect(planVersions([away("2"), away("3", "failed")], LATEST)).toEqual({
      fetch: ["2"],
      load: [],
      retire: [],
    });
  });

  it("are loaded once they are here", () => {
    const states = [state("2", { servedStamp: "2a" }), state("3")];
    expect(planVersions(states, LATEST)).toEqual({ fetch: [], load: ["3"], retire: ["2"] });
  });
});
