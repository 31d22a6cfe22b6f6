import { describe, expect, it } from "vitest";
import { z } from "zod";
import { explain } from "#infra/settings/explain.js";

/** The faults of `value`, as `explain` tells them, without its heading. */
function faults(schema: z.ZodType, value: unknown): string[] {
  const { error } = schema.safeParse(value, { reportInput: true });
  const [heading, ...lines] = explain(error?.issues ?? []).split("\n");
  expect(heading).toMatch(/settings .* cannot be used/i);
  return lines.map((line) => line.trim());
}

describe("a fault", () => {
  it.each([
    [
      "a name that is no setting",
      z.strictObject({ a: z.strictObject({}) }),
      { a: { b: 1 } },
      /^ai-model-service:a\.b is not a setting/,
    ],
    [
      "one of several values",
      z.object({ a: z.enum(["x", "y", "z"]) }),
      { a: "q" },
      /^ai-model-service:a must be x, y or z, not "q"/,
    ],
    ["the one value", z.object({ a: z.literal("x") }), { a: "q" }, /^ai-model-service:a must be x, not "q"/],
    [
      "another type",
      z.object({ a: z.number() }),
      { a: "three" },
      /^ai-model-service:a must be a number, not "three"/,
    ],
    [
      "a type that begins with a vowel",
      z.object({ a: z.array(z.string()) }),
      { a: 1 },
      /^ai-model-service:a must be an array, not 1/,
    ],
    [
      "a fraction",
      z.object({ a: z.int() }),
      { a: 1.5 },
      /^ai-model-service:a must be a whole number, not 1\.5/,
    ],
    [
      "too little",
      z.object({ a: z.number().min(3) }),
      { a: 2 },
      /^ai-model-service:a must be at least 3, not 2/,
    ],
    [
      "too much",
      z.object({ a: z.number().max(3) }),
      { a: 4 },
      /^ai-model-service:a must be at most 3, not 4/,
    ],
    ["nothing", z.object({ a: z.string() }), {}, /^ai-model-service:a must be a string, but is not set/],
    [
      "a place in a list",
      z.object({ a: z.array(z.string()) }),
      { a: ["x", 1] },
      /^ai-model-service:a\.1 must be a string, not 1/,
    ],
    [
      "a key of the wrong form",
      z.record(z.string().regex(/^[A-Z]+$/, "must be in capitals"), z.string()),
      { a: "" },
      /^ai-model-service:a must be in capitals/,
    ],
    [
      "a rule of its own",
      z.object({ a: z.string().refine(() => false, "must be a colour") }),
      { a: "loud" },
      /^ai-model-service:a must be a colour/,
    ],
  ])("is told by its full key: %s", (_, schema, value, sentence) => {
    expect(faults(schema, value)).toEqual([expect.stringMatching(sentence)]);
  });

  it("stands on a line of its own, each name of several too", () => {
    expect(faults(z.strictObject({ a: z.number() }), { a: "x", b: 1, c: 2 })).toHaveLength(3);
  });

  it("shows a long value's beginning only", () => {
    const [line = ""] = faults(z.object({ a: z.number() }), { a: "x".repeat(1000) });
    expect(line).toMatch(/not "x{50}/);
    expect(line.length).toBeLessThan(120);
  });

  it("never shows a password", () => {
    const schema = z.object({ registry: z.object({ password: z.string() }) });
    const [line] = faults(schema, { registry: { password: 12_345 } });
    expect(line).toMatch(/^ai-model-service:registry\.password must be a string/);
    expect(line).not.toContain("12345");
  });
});
