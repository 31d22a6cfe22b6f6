import { mkdir, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { scanRepository } from "#service/models/scan.js";
import { RepositoryFixture } from "../inference/engine/repository-fixture.js";

let repository: RepositoryFixture;

beforeEach(async () => {
  repository = await RepositoryFixture.create();
});
afterEach(() => repository.dispose());

function bytes(length: number): Uint8Array {
  return new Uint8Array(length);
}
async function stampOf(): Promise<string | undefined> {
  return (await scanRepository(repository.root))[0]?.versions[0]?.stamp;
}

describe("a look at the repository", () => {
  it("finds models, versions and configurations, in order", async () => {
    await repository.putModel("b", "1", bytes(3));
    await repository.putModel("a", "2", bytes(4));
    await repository.putModel("a", "10", bytes(5));
    await repository.putConfig("a", { description: "A" });
    expect(await scanRepository(repository.root)).toMatchObject([
      {
        name: "a",
        configText: '{"description":"A"}',
        versions: [
          { version: "10", bytes: 5, path: join(repository.root, "a", "10", "model.onnx") },
          { version: "2", bytes: 4 },
        ],
      },
      { name: "b", configText: undefined, versions: [{ version: "1" }] },
    ]);
  });

  it("leaves alone hidden folders, strange names, plain files and versions without a model", async () => {
    await repository.putModel(".copying", "1", bytes(1));
    await repository.putModel("a", ".2", bytes(1));
    await repository.putModel("a b", "1", bytes(1));
    await writeFile(join(repository.root, "readme.txt"), "");
    await mkdir(join(repository.root, "a", "3"), { recursive: true });
    expect(await scanRepository(repository.root)).toMatchObject([{ name: "a", versions: [] }]);
  });

  it("follows links, as volumes that are mounted into a container have them", async () => {
    await repository.putModel(".data", "1", bytes(2));
    await symlink(join(repository.root, ".data"), join(repository.root, "linked"));
    expect(await scanRepository(repository.root)).toMatchObject([
      { name: "linked", versions: [{ version: "1" }] },
    ]);
  });

  it("gives a stamp that changes with any file of the version and with the configuration", async () => {
    await repository.putModel("a", "1", bytes(3));
    const stamps = [await stampOf()];
    expect(await stampOf()).toBe(stamps[0]);
    await writeFile(join(repository.root, "a", "1", "weights.bin"), "1");
    stamps.push(await stampOf());
    await utimes(join(repository.root, "a", "1", "model.onnx"), 1, 1);
    stamps.push(await stampOf());
    await repository.putConfig("a", {});
    stamps.push(await stampOf());
    expect(new Set(stamps).size).toBe(4);
  });

  it("fails by name when there is no such folder", async () => {
    const nowhere = join(repository.root, "nowhere");
    await expect(scanRepository(nowhere)).rejects.toThrow(`model repository '${nowhere}' cannot be read`);
  });
});
