import { describe, expect, it } from "vitest";
import { editConfig } from "#service/models/pointer/edit-config.js";

const WRITTEN = `{
    "description": "kept \\u00e9",
    "labels": { "stable": "1",   "blue": "1" },
    "preprocess": { "mean": [0.50, 1e0, 3], "unknown": true },

    "shadow": {"version": "2", "percent": 10},
    "maxBatchSize": 8
}
`;

describe("an edited config.json", () => {
  it("is as it was but for the fields that change", () => {
    const labels = { stable: "1", blue: "1" };
    const edited = editConfig(WRITTEN, { labels, traffic: { stable: 95, canary: 5 } });
    expect(edited).toBe(`{
    "description": "kept \\u00e9",
    "labels": { "stable": "1",   "blue": "1" },
    "preprocess": { "mean": [0.50, 1e0, 3], "unknown": true },
    "maxBatchSize": 8,
    "traffic": { "stable": 95, "canary": 5 }
}
`);
  });

  it("is the very same when nothing changes", () => {
    const labels = { stable: "1", blue: "1" };
    expect(editConfig(WRITTEN, { labels, shadow: { version: "2", percent: 10 } })).toBe(WRITTEN);
  });

  it.each([
    ["nothing", "{}\n", '{\n  "labels": { "a": "1" }\n}\n'],
    ["a space", "{ }", '{\n  "labels": { "a": "1" }\n}'],
    ["one line", '{"batched": true}', '{"batched": true, "labels": { "a": "1" }}'],
    ["tabs", '{\n\t"batched": true\n}', '{\n\t"batched": true,\n\t"labels": { "a": "1" }\n}'],
    [
      "Windows' line ends",
      '{\r\n "batched": true\r\n}',
      '{\r\n "batched": true,\r\n "labels": { "a": "1" }\r\n}',
    ],
    [
      "an object last",
      '{\n  "versions": {\n    "policy": "all"\n  }\n}',
      '{\n  "versions": {\n    "policy": "all"\n  },\n  "labels": { "a": "1" }\n}',
    ],
    [
      "a shadow first",
      '{\n  "shadow": {},\n  "batched": true\n}',
      '{\n  "batched": true,\n  "labels": { "a": "1" }\n}',
    ],
    ["a shadow alone", '{"shadow": {}}', '{"labels": { "a": "1" }}'],
  ])("takes a new field where there is %s", (_, text, edited) => {
    expect(editConfig(text, { labels: { a: "1" } })).toBe(edited);
  });

  it.each(["__proto__", "constructor"])("takes a label named %s like any other", (name) => {
    const labels = JSON.parse(`{"${name}": "1"}`) as Record<string, string>;
    expect(JSON.parse(editConfig("{}", { labels }))).toEqual({ labels });
  });
});
