import { describe, expect, it } from "vitest";

import { lastUpdate } from "#infra/commands/delivery/last-update.js";

/** An entry as `pulumi stack history --json` prints it. */
function entry(over: Record<string, unknown> = {}, reference?: string) {
  const image = { value: JSON.stringify({ reference }), objectValue: { reference }, secret: false };
  return {
    version: 0,
    kind: "update",
    result: "succeeded",
    environment: { "git.head": "abc", "git.dirty": "true" },
    config: reference === undefined ? {} : { "ai-model-service:image": image },
    ...over,
  };
}

describe("lastUpdate", () => {
  it("has the commit of the program and the image that it was given", () => {
    expect(lastUpdate([entry({}, "r@sha256:1")])).toEqual({ commit: "abc", image: "r@sha256:1" });
  });

  it("passes over what changed nothing, and what failed", () => {
    const refreshed = entry({ kind: "refresh", environment: { "git.head": "later" } });
    const failed = entry({ result: "failed", environment: { "git.head": "later" } });
    expect(lastUpdate([refreshed, failed, entry()])).toEqual({ commit: "abc", image: undefined });
  });

  it("takes an image section that is built from, or secret, for none", () => {
    const built = { "ai-model-service:image": { value: '{"base":"node"}' } };
    const secret = { "ai-model-service:image": { secret: true } };
    for (const config of [built, secret]) {
      expect(lastUpdate([entry({ config })]).image).toBeUndefined();
    }
  });

  it("says what is missing", () => {
    expect(() => lastUpdate([])).toThrow("The stack has no update that succeeded: run `pulumi up` first.");
    expect(() => lastUpdate([entry({ environment: {} })])).toThrow(/not made from a commit/);
  });
});
