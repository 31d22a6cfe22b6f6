import { describe, expect, it } from "vitest";
import { replaceBetweenMarkers } from "../../bench/readme.js";

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
