import { describe, expect, it } from "vitest";
import { parseModelConfig } from "#service/models/config-file.js";

describe("a model's config.json", () => {
  it("may be absent", () => {
    expect(parseModelConfig(undefined)).toEqual({});
  });

  it("is checked whole: the error names the file and every field", () => {
    const text = JSON.stringify({
      maxBatchSize: 0,
      labels: { stable: 1 },
      versions: { policy: "latest" },
      size: 3,
    });
    expect(() => parseModelConfig(text)).toThrow(
      expect.objectContaining({
        name: "ConfigFileError",
        message: expect.stringMatching(
          /^config\.json: (?=.*maxBatchSize: )(?=.*labels\.stable: )(?=.*versions)(?=.*"size")/s,
        ) as string,
      }),
    );
  });

  it("must be JSON", () => {
    expect(() => parseModelConfig("{,}")).toThrow(/^config\.json is not JSON: /);
  });

  it.each<[Record<string, number>]>([
    [{ stable: 95, canary: 5 }],
    [{ stable: 100 }],
    [{ stable: 100, canary: 0 }],
    [{ a: 33.3, b: 33.3, c: 33.4 }],
    [{ a: 0.1, b: 99.9 }],
  ])("takes shares that sum to 100: %j", (traffic) => {
    expect(parseModelConfig(JSON.stringify({ traffic }))).toEqual({ traffic });
  });

  it.each<[Record<string, unknown>, string]>([
    [{ traffic: { stable: 95 } }, "traffic: must sum to 100 percent; it sums to 95."],
    [{ traffic: { a: 33.3, b: 33.3, c: 33.3 } }, "traffic: must sum to 100 percent; it sums to 99.9."],
    [{ traffic: {} }, "traffic: must sum to 100 percent; it sums to 0."],
    [{ shadow: { version: "4" } }, "shadow.percent: "],
    [{ shadow: { version: "4", percent: 0 } }, "shadow.percent: "],
    [{ shadow: { version: "4", percent: 101 } }, "shadow.percent: "],
    [{ shadow: { version: "", percent: 1 } }, "shadow.version: "],
    [{ traffic: { stable: -5, canary: 105 } }, "traffic.stable: "],
    [{ traffic: { stable: "95", canary: 5 } }, "traffic.stable: "],
  ])("says what is wrong with %j", (config, fault) => {
    expect(() => parseModelConfig(JSON.stringify(config))).toThrow(`config.json: ${fault}`);
  });
});
