import { describe, expect, it } from "vitest";
import { quoted, shortened } from "#service/server/quoted.js";

describe("a caller's text in an error", () => {
  it("is repeated up to 100 characters", () => {
    expect(shortened("x".repeat(100))).toBe("x".repeat(100));
    expect(shortened("x".repeat(101))).toBe(`${"x".repeat(100)}…`);
    expect(quoted('a "b"\n')).toBe(String.raw`"a \"b\"\n"`);
  });

  it("is not cut inside a character", () => {
    expect(shortened(`${"x".repeat(99)}😀😀`)).toBe(`${"x".repeat(99)}…`);
  });
});
