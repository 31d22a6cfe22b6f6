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
});
