import type { ApiKey } from "@ai-model-service/contract/keys";
import { describe, expect, it } from "vitest";
import { checkTogether, parseKeys } from "#service/server/access/api-key.js";

function faultOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "";
}

function parse(value: unknown): string {
  return faultOf(() => parseKeys(typeof value === "string" ? value : JSON.stringify(value), "keys.json"));
}

describe("a file of keys", () => {
  it("has names, roles and limits", () => {
    const shop = { name: "shop", key: "k1", requestsPerSecond: 0.5, concurrency: 2 };
    const keys = parseKeys(JSON.stringify([shop, { name: "ops", key: "k2", role: "admin" }]), "keys.json");
    expect(keys).toEqual([
      { ...shop, role: "predict" },
      { name: "ops", key: "k2", role: "admin" },
    ]);
  });

  it.each<[string, unknown, string]>([
    ["nothing", "", "keys.json is not valid JSON."],
    ["no JSON, which is not shown", '[{"name":"a","key":secret}]', "keys.json is not valid JSON."],
    ["no key", [], "keys.json holds no key."],
    ["no list", { name: "a", key: "secret" }, "keys.json must be a list."],
    ["a key alone", ["secret"], "keys.json [0] must be an object of name, key, role"],
    ["no name", [{ key: "secret" }], "keys.json [0].name must be a text."],
    ["an empty key", [{ name: "a", key: "" }], "keys.json [0].key must be visible ASCII characters."],
    ["a key that no header carries", [{ name: "a", key: "sec ret" }], "[0].key must be visible ASCII"],
    ["a name that forges a line", [{ name: "a\nb", key: "secret" }], "[0].name must be at most 64 letters"],
    ["another role", [{ name: "a", key: "secret", role: "root" }], "[0].role must be predict or admin."],
    ["no rate", [{ name: "a", key: "secret", requestsPerSecond: 0 }], "requestsPerSecond must be above 0."],
    [
      "half a request",
      [{ name: "a", key: "secret", concurrency: 0.5 }],
      "concurrency must be a whole number.",
    ],
    ["a key where a name belongs", [{ name: "a", key: "k", secret: 1 }], "and nothing else."],
  ])("with %s is refused", (_, content, message) => {
    expect(parse(content)).toContain(message);
    expect(parse(content)).not.toMatch(/secret|sec ret/);
  });
});

describe("keys together", () => {
  const key = (changes: Partial<ApiKey>): ApiKey => ({ name: "a", key: "k1", role: "predict", ...changes });

  it("may share a name, while one follows the other", () => {
    expect(() => checkTogether([key({}), key({ key: "k2" })], "keys.json")).not.toThrow();
  });

  it("must not contradict each other", () => {
    expect(faultOf(() => checkTogether([key({}), key({ name: "b" })], "keys.json"))).toBe(
      "keys.json gives a and b the same key.",
    );
    for (const change of [{ role: "admin" }, { concurrency: 1 }, { requestsPerSecond: 1 }] as const) {
      expect(faultOf(() => checkTogether([key({}), key({ key: "k2", ...change })], "keys.json"))).toBe(
        "keys.json gives two keys named a different roles or limits.",
      );
    }
  });
});
