import { lstat, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RecordConflict } from "#service/models/pointer/records.js";
import { PointerFixture } from "./pointer-fixture.js";

let fixture: PointerFixture;
beforeEach(async () => (fixture = await PointerFixture.create(["1", "2"])));
afterEach(() => fixture.dispose());

describe("records in a folder", () => {
  it("are read as they were written, with the revision that they were written under", async () => {
    expect(await fixture.records.read("m/config.json")).toBeUndefined();
    const revision = await fixture.records.write("m/config.json", "{}", undefined);
    expect(await fixture.records.read("m/config.json")).toEqual({ text: "{}", revision });
    await fixture.records.remove("m/config.json");
    await fixture.records.remove("m/config.json");
    expect(await fixture.records.read("m/config.json")).toBeUndefined();
  });

  it("are replaced only as they were read", async () => {
    const first = await fixture.records.write("m/config.json", "1", undefined);
    await expect(fixture.records.write("m/config.json", "2", undefined)).rejects.toThrow(RecordConflict);
    await fixture.records.write("m/config.json", "2", first);
    await expect(fixture.records.write("m/config.json", "3", first)).rejects.toThrow(RecordConflict);
    expect(await fixture.text()).toBe("2");
  });

  it("leave nothing but themselves, hidden folders are made for them, and the names there are listed", async () => {
    await fixture.records.write("m/.events/b.json", "1", undefined);
    await fixture.records.write("m/.events/a.json", "1", undefined);
    expect(await fixture.records.list("m/.events")).toEqual(["a.json", "b.json"]);
    expect(await fixture.records.list("m/.replicas")).toEqual([]);
    expect(await readdir(join(fixture.root, "m"))).toEqual([".events", "1", "2"]);
  });

  it("lose no change of many writers at once", async () => {
    await fixture.records.write("m/config.json", "0", undefined);
    const add = async (): Promise<void> => {
      const { text, revision } = (await fixture.records.read("m/config.json")) ?? { text: "", revision: "" };
      await fixture.records.write("m/config.json", String(Number(text) + 1), revision).catch(add);
    };
    await Promise.all(Array.from({ length: 20 }, add));
    expect(await fixture.text()).toBe("20");
  });

  it.each(["left", ""])("are written though a writer was killed and left its lock (%j)", async (token) => {
    const folder = join(fixture.root, "m");
    await writeFile(join(folder, ".config.json.lock"), token);
    await writeFile(join(folder, `.config.json.${token}.new`), "half");
    const writes = ["a", "b", "c"].map((text) => fixture.records.write("m/config.json", text, undefined));
    const results = await Promise.allSettled(writes);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await readdir(folder)).sort()).toEqual(["1", "2", "config.json"]);
  });

  it("replace what a link leads to, not the link", async () => {
    await mkdir(join(fixture.root, "elsewhere"));
    await writeFile(join(fixture.root, "elsewhere", "shared.json"), "old");
    await symlink("../elsewhere/shared.json", join(fixture.root, "m", "config.json"));
    const { revision } = (await fixture.records.read("m/config.json")) ?? {};
    await fixture.records.write("m/config.json", "new", revision);
    expect(await fixture.text()).toBe("new");
    expect((await lstat(join(fixture.root, "m", "config.json"))).isSymbolicLink()).toBe(true);
  });

  it("list the versions that hold a model, oldest first", async () => {
    await mkdir(join(fixture.root, "m", "10"));
    await writeFile(join(fixture.root, "m", "10", "model.onnx"), "model");
    await mkdir(join(fixture.root, "m", "11"));
    await mkdir(join(fixture.root, "m", ".events"));
    expect(await fixture.records.versions("m")).toEqual(["1", "2", "10"]);
    expect(await fixture.records.versions("n")).toEqual([]);
  });

  it("say in a sentence that the folder cannot be written to", async () => {
    // For root every folder can be written to: as somebody else for the while.
    const root = process.geteuid?.();
    await writeFile(join(fixture.root, "m", "config.json"), "{}");
    const { revision } = (await fixture.records.read("m/config.json")) ?? {};
    const { chmod } = await import("node:fs/promises");
    await chmod(fixture.root, 0o755);
    await chmod(join(fixture.root, "m"), 0o555);
    if (root === 0) {
      process.seteuid?.(65534);
    }
    const written = fixture.records.write("m/config.json", "new", revision);
    await expect(written).rejects.toMatchObject({
      code: "repository_unavailable",
      message: `The file m/config.json cannot be written, and is as it was: the model repository ${fixture.root} may not be written by this user.`,
    });
    process.seteuid?.(root ?? 0);
    await chmod(join(fixture.root, "m"), 0o755);
    expect(await fixture.text()).toBe("{}");
  });
});
