import { describe, expect, it } from "vitest";
import {
  hasCanary,
  promoted,
  withoutCanary,
  withTraffic,
  type TrafficChange,
} from "#service/models/pointer/moves.js";

const VERSIONS = ["1", "2", "3"];
const CANARY = {
  labels: { stable: "1", canary: "2", blue: "2" },
  traffic: { stable: 95, canary: 5 },
  shadow: { version: "canary", percent: 10 },
};

describe("a promotion", () => {
  it("gives the version all of the traffic, and ends its canary and shadow", () => {
    expect(promoted(CANARY, "2", VERSIONS)).toEqual({
      labels: { blue: "2", stable: "2" },
      traffic: { stable: 100 },
    });
  });

  it("keeps what tries another version", () => {
    expect(promoted(CANARY, "3", VERSIONS)).toEqual({
      labels: { canary: "2", blue: "2", stable: "3" },
      traffic: { stable: 100 },
      shadow: { version: "canary", percent: 10 },
    });
  });

  it("is refused for a version that is not there", () => {
    expect(() => promoted({}, "9", VERSIONS)).toThrow("no version or label '9'; its versions are 1, 2, 3.");
  });
});

describe("a canary", () => {
  it.each([
    [CANARY, true],
    [{ labels: { stable: "1" }, traffic: { stable: 100 } }, false],
    [{ traffic: { stable: 100, "2": 0 } }, false],
    [{ labels: { stable: "1" }, traffic: { "1": 100 } }, false],
    [{ traffic: { "2": 1, "1": 99 }, labels: { stable: "1" } }, true],
    [{ shadow: { version: "2", percent: 1 } }, true],
    [{}, false],
  ])("is one that gets a part of the traffic (%j)", (serving, expected) => {
    expect(hasCanary(serving)).toBe(expected);
  });

  it("is ended without a change of what is stable", () => {
    expect(withoutCanary(CANARY)).toEqual({
      labels: { stable: "1", blue: "2" },
      traffic: { stable: 100 },
    });
  });
});

describe("shares", () => {
  it("leave the rest to stable", () => {
    const change = { labels: { canary: "3" }, traffic: { canary: 33.3 } };
    expect(withTraffic({ labels: { stable: "1" } }, change, VERSIONS)).toEqual({
      labels: { stable: "1", canary: "3" },
      traffic: { stable: 66.7, canary: 33.3 },
    });
  });

  it("leave alone what is not named, and take away what is null", () => {
    expect(withTraffic(CANARY, { labels: { blue: null } }, VERSIONS)).toEqual({
      ...CANARY,
      labels: { stable: "1", canary: "2" },
    });
    expect(withTraffic(CANARY, { shadow: null }, VERSIONS).shadow).toBeUndefined();
  });

  it.each<TrafficChange>([
    { labels: { canary: "9" } },
    { traffic: { green: 5 } },
    { shadow: { version: "9", percent: 5 } },
    { traffic: { constructor: 5 } },
    { labels: { canary: null }, traffic: { canary: 5 } },
  ])("are refused for a version or label that is not there: %j", (change) => {
    expect(() => withTraffic(CANARY, change, VERSIONS)).toThrow("has no version or label");
  });

  it("may be set of a model without labels", () => {
    expect(withTraffic({}, { traffic: { "2": 10 } }, VERSIONS)).toEqual({ traffic: { stable: 90, "2": 10 } });
  });
});
