import { describe, expect, it } from "vitest";
import { quoteBareNumbers } from "#service/server/http/bare-numbers.js";
import { parseJson } from "#service/server/http/json-body.js";

function parsed(text: string, exact = false): Promise<unknown> {
  return parseJson({ cancelled: false, deadline: Infinity, hold: () => undefined }, Buffer.from(text), exact);
}

describe("a body with bare NaN and infinities", () => {
  it("has them as marked text, wherever a value may stand", async () => {
    expect(await parsed('[NaN,Infinity , -Infinity\n,[NaN],{"a":NaN}]')).toEqual([
      "\0NaN",
      "\0Infinity",
      "\0-Infinity",
      ["\0NaN"],
      { a: "\0NaN" },
    ]);
    expect(await parsed("NaN")).toBe("\0NaN");
  });

  it("keeps what stands in strings, whatever they hold", async () => {
    const texts = ["NaN, Infinity", '"', "\\", '\\"NaN, ', "[NaN]", "\\\\", ', NaN, "'];
    const body = `[${texts.map((text) => JSON.stringify(text)).join(",")},NaN]`;
    expect(await parsed(body)).toEqual([...texts, "\0NaN"]);
  });

  it("keeps the digits of long integers beside them", async () => {
    expect(await parsed("[9007199254740993,NaN]", true)).toEqual([9_007_199_254_740_993n, "\0NaN"]);
  });

  it.each([
    "[NaNs]",
    "[xNaN]",
    "[1NaN]",
    "[--Infinity]",
    "[+Infinity]",
    "[.NaN]",
    "[NaN NaN]",
    "[nan]",
    "[NaN",
    "{NaN:1}",
    '["NaN]',
    '[NaN"a"]',
    "[Infinity5]",
  ])("is no JSON if it is %s", async (text) => {
    await expect(parsed(text)).rejects.toThrow(/not valid JSON/);
  });

  it.each<[string, string]>([
    ["escaped quotes without end", `["${'\\"'.repeat(2_000_000)}`],
    ["slashes without end", `["${"\\".repeat(4_000_000)}`],
    ["many strings", `[${'"a",'.repeat(1_000_000)}x`],
    ["many tokens", `[${"NaN,".repeat(1_000_000)}x`],
    ["spaces behind tokens", `[${`NaN${" ".repeat(2000)}`.repeat(2000)}x`],
    ["one long string", `["${"a".repeat(8_000_000)}",NaN,x`],
  ])("is looked through once: %s", (_, text) => {
    const began = performance.now();
    quoteBareNumbers(text);
    // Twice the work of the length is milliseconds; its square would be minutes.
    expect(performance.now() - began).toBeLessThan(5000);
  });
});
