import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { stackPlace } from "#infra/commands/deployed/deployed-stack.js";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "laptop-"));
});

afterEach(() => rmSync(root, { recursive: true }));

function place(stack: string | undefined, environment: Record<string, string> = {}) {
  return stackPlace(stack, environment, { root, stack: "laptop" });
}

function bringUp(): void {
  const stacks = join(root, ".pulumi", "state", ".pulumi", "stacks", "ai-model-service");
  mkdirSync(stacks, { recursive: true });
  writeFileSync(join(stacks, "laptop.json"), "{}");
}

describe("stackPlace", () => {
  it("finds the stack of npm run up, named or not", () => {
    bringUp();
    for (const name of ["laptop", undefined]) {
      expect(place(name)).toMatchObject({
        stack: "laptop",
        environment: { PULUMI_BACKEND_URL: `file://${root}/.pulumi/state` },
      });
    }
  });

  it("leaves every other stack where Pulumi finds it", () => {
    bringUp();
    expect(place("prod")).toEqual({ stack: "prod", environment: {} });
    const chosen = { PULUMI_BACKEND_URL: "s3://states" };
    expect(place(undefined, chosen)).toEqual({ stack: undefined, environment: chosen });
  });

  it("means the selected stack where there is no other", () => {
    expect(place(undefined)).toEqual({ stack: undefined, environment: {} });
  });
});
