import { mkdtemp, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { followKeys, readKeys } from "#service/server/access/keys.js";
import { readSettings } from "#service/inference/settings.js";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "keys-"));
  file = join(folder, "keys.json");
});
afterEach(() => rm(folder, { recursive: true }));

function entry(name: string, key: string): object {
  return { name, key };
}
function put(...keys: object[]): Promise<void> {
  return writeFile(file, JSON.stringify(keys));
}

function settings(environment: Record<string, string> = { API_KEYS_FILE: file }) {
  return readSettings(environment);
}

/** What is logged, by its message. */
function log() {
  const lines: string[] = [];
  const line = (fields: object, message: string): void =>
    void lines.push(`${message} ${JSON.stringify(fields)}`);
  return { lines, info: line, warn: line, error: line };
}

const soon = { timeout: 10_000, interval: 50 };

describe("keys", () => {
  it("come from variables and a file together, under names of their own", async () => {
    await put(entry("shop", "k3"));
    const { ring } = readKeys(settings({ API_KEYS: "k1,k2", ADMIN_API_KEYS: "k0", API_KEYS_FILE: file }));
    const named = ["k0", "k1", "k2", "k3", "k4"].map((key) => ring.find(key)?.name);
    expect(named).toEqual(["admin-1", "predict-1", "predict-2", "shop", undefined]);
  });

  it("are asked for where they are set, whatever a file holds", async () => {
    await put({ ...entry("ops", "k1"), role: "admin" });
    const guards = (environment: Record<string, string>): boolean[] => {
      const { guardPredictions, guardAdministration } = readKeys(settings(environment));
      return [guardPredictions, guardAdministration];
    };
    expect(guards({})).toEqual([false, false]);
    expect(guards({ API_KEYS: "a" })).toEqual([true, false]);
    expect(guards({ ADMIN_API_KEYS: "a" })).toEqual([false, true]);
    expect(guards({ API_KEYS_FILE: file })).toEqual([true, true]);
  });

  it("are missed at start where their file is missing, empty or the same twice", async () => {
    const start = (): unknown => readKeys(settings());
    expect(start).toThrow(/^API_KEYS_FILE .*keys\.json cannot be read: ENOENT/);
    await put();
    expect(start).toThrow(/keys\.json holds no key\.$/);
    await put(entry("a", "k1"), entry("b", "k1"));
    expect(start).toThrow(/keys\.json gives a and b the same key\.$/);
    expect(() => readKeys(settings({ API_KEYS: "same,same" }))).toThrow("the same key");
  });
});

describe("a file of keys that changes", () => {
  it("is read again: two are valid at once, and then the new one alone", async () => {
    await put(entry("shop", "old"));
    const keys = readKeys(settings());
    followKeys(keys, settings(), log());
    const holder = keys.ring.find("old");
    await put(entry("shop", "old"), entry("shop", "new"));
    await vi.waitFor(() => expect(keys.ring.find("new")).toBe(holder), soon);
    expect(keys.ring.find("old")).toBe(holder);
    await put(entry("shop", "new"));
    await vi.waitFor(() => expect(keys.ring.find("old")).toBeUndefined(), soon);
    expect(keys.ring.find("new")).toBe(holder);
  });

  it("is followed through the link that Kubernetes moves", async () => {
    const write = async (version: string, key: string): Promise<void> => {
      await mkdir(join(folder, version));
      await writeFile(join(folder, version, "keys.json"), JSON.stringify([entry("shop", key)]));
      await symlink(version, join(folder, "data-new"));
      await rename(join(folder, "data-new"), join(folder, "data"));
    };
    await write("1", "old");
    await symlink("data/keys.json", file);
    const keys = readKeys(settings());
    followKeys(keys, settings(), log());
    await write("2", "new");
    await vi.waitFor(() => expect(keys.ring.find("new")?.name).toBe("shop"), soon);
    expect(keys.ring.find("old")).toBeUndefined();
  });

  it.each([
    ["empty", "[]", "holds no key"],
    ["broken", '[{"name":"shop","key":"new"', "is not valid JSON"],
    ["gone", undefined, "cannot be read"],
  ])("into one that is %s keeps the keys before, says so, and shows none", async (_, content, reason) => {
    await put(entry("shop", "old-key"));
    const keys = readKeys(settings());
    const told = log();
    followKeys(keys, settings(), told);
    await (content === undefined ? rm(file) : writeFile(file, content));
    await vi.waitFor(() => expect(told.lines.join()).toContain(reason), soon);
    expect(keys.ring.find("old-key")?.name).toBe("shop");
    expect(told.lines.join()).not.toContain("old-key");
  });
});
