import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { itIsAStore } from "./store-behaviour.js";
import { openStore, result, temporaryFile } from "./store-fixture.js";

const folders: (() => void)[] = [];
afterEach(() => folders.splice(0).forEach((remove) => remove()));

function freshFile(): string {
  const { file, remove } = temporaryFile();
  folders.push(remove);
  return file;
}

describe("a store over SQLite", () => {
  itIsAStore(() => Promise.resolve(freshFile()));

  it("says in one sentence that a file is no database", async () => {
    const file = freshFile();
    mkdirSync(dirname(file));
    writeFileSync(file, "no database, but long enough to be taken for one".repeat(100));
    await expect(openStore(file)).rejects.toThrow(/^RESULTS_DATABASE cannot be opened: .*not a database/);
  });

  it("writes over what is deleted", async () => {
    const file = freshFile();
    const store = await openStore(file);
    await store.add({ results: [result("a", { reason: "a-secret-reason" })], exchanges: [] });
    await store.deleteByIds(["a"]);
    const texts = [file, `${file}-wal`].map((name) => readFileSync(name, "latin1")).join("");
    expect(texts).not.toContain("a-secret-reason");
    await store.close();
  });

  it("refuses what comes after it is closed, and while too much waits", async () => {
    const store = await openStore(freshFile());
    const many = Array.from({ length: 30_000 }, (_, index) => result(`r${index}`));
    const first = store.add({ results: many, exchanges: [] });
    await expect(store.add({ results: many, exchanges: [] })).rejects.toMatchObject({ code: "queue_full" });
    expect(await first).toBe(30_000);
    await store.close();
    await expect(store.add({ results: [result("a")], exchanges: [] })).rejects.toMatchObject({
      code: "storage_unavailable",
    });
  });
});
