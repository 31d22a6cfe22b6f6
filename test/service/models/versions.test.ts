import { describe, expect, it } from "vitest";
import { compareVersions, resolveVersion, selectVersions } from "#service/models/versions.js";

describe("the order of versions", () => {
  it("is by number, then by name", () => {
    expect(["10", "v1", "9", "b", "a"].sort(compareVersions)).toEqual(["9", "10", "a", "b", "v1"]);
    expect(compareVersions("01", "1")).toBe(-compareVersions("1", "01"));
  });
});

describe("a version policy", () => {
  const available = ["10", "2", "9"];
  it("latest takes the newest few", () => {
    expect(selectVersions(available, { policy: "latest", count: 2 })).toEqual(["9", "10"]);
  });
  it("all takes every one", () => {
    expect(selectVersions(available, { policy: "all" })).toEqual(["2", "9", "10"]);
  });
  it("specific takes those named that are there", () => {
    expect(selectVersions(available, { policy: "specific", versions: ["2", "3"] })).toEqual(["2"]);
  });
});

describe("the version that a request means", () => {
  const serving = new Set(["2", "10", "1"]);
  it("is the one it names, or the one that its label names", () => {
    expect(resolveVersion("2", serving, {})).toBe("2");
    expect(resolveVersion("canary", serving, { canary: "10" })).toBe("10");
  });
  it("is the stable one, else the newest, when it names none", () => {
    expect(resolveVersion(undefined, serving, { stable: "1", canary: "2" })).toBe("1");
    expect(resolveVersion(undefined, serving, { canary: "1" })).toBe("10");
  });
  it("is the newest that serves while the stable one does not", () => {
    expect(resolveVersion(undefined, serving, { stable: "11" })).toBe("10");
  });
  it("is none when what it names does not serve", () => {
    expect(resolveVersion("3", serving, {})).toBeUndefined();
    expect(resolveVersion("canary", serving, { canary: "3" })).toBeUndefined();
    expect(resolveVersion("constructor", serving, {})).toBeUndefined();
    expect(resolveVersion(undefined, new Set(), { stable: "1" })).toBeUndefined();
  });
});
