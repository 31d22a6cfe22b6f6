import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { localEnvironment } from "#infra/commands/local/environment.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "local-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

describe("localEnvironment", () => {
  it("keeps the state in a folder that it makes", () => {
    const { PULUMI_BACKEND_URL } = localEnvironment({}, folder);
    expect(PULUMI_BACKEND_URL).toBe(`file://${folder}/state`);
    expect(existsSync(join(folder, "state"))).toBe(true);
  });

  it("makes a passphrase once, for this user's eyes alone", () => {
    const first = localEnvironment({}, folder)["PULUMI_CONFIG_PASSPHRASE"];
    const again = localEnvironment({}, folder)["PULUMI_CONFIG_PASSPHRASE"];
    expect(first).toMatch(/^[\w-]{43}$/);
    expect(again).toBe(first);
    expect(readFileSync(join(folder, "passphrase"), "utf8")).toBe(first);
    expect(statSync(join(folder, "passphrase")).mode & 0o777).toBe(0o600);
  });

  it("leaves what the user has set as it is", () => {
    const own = { PULUMI_BACKEND_URL: "s3://states", PULUMI_CONFIG_PASSPHRASE: "", HOME: "/home/me" };
    expect(localEnvironment(own, folder)).toMatchObject(own);
    expect(localEnvironment({ PULUMI_CONFIG_PASSPHRASE_FILE: "/p" }, folder)).not.toHaveProperty(
      "PULUMI_CONFIG_PASSPHRASE",
    );
    expect(existsSync(join(folder, "passphrase"))).toBe(false);
  });
});
