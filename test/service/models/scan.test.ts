import { chmod, mkdir, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { scanRepository, type ModelFolder } from "#service/models/scan.js";
import { RepositoryFixture } from "../inference/engine/repository-fixture.js";

let repository: RepositoryFixture;

beforeEach(async () => {
  repository = await RepositoryFixture.create();
});
afterEach(() => repository.dispose());

function bytes(length: number): Uint8Array {
  return new Uint8Array(length);
}
async function scanned(): Promise<readonly ModelFolder[]> {
  return (await scanRepository(repository.root)).models;
}
/** What the version's folder is said to lack. */
async function problemOf(version = "1"): Promise<string | undefined> {
  const [model] = await scanned();
  return model?.versions.find((each) => each.version === version)?.problem;
}
async function stampOf(): Promise<string | undefined> {
  return (await scanned())[0]?.versions[0]?.stamp;
}

describe("a look at the repository", () => {
  it("finds models, versions and configurations, in order", async () => {
    await repository.putModel("b", "1", bytes(3));
    await repository.putModel("a", "2", bytes(4));
    await repository.putModel("a", "10", bytes(5));
    await repository.putConfig("a", { description: "A" });
    expect(await scanned()).toMatchObject([
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

  it("leaves alone hidden folders, plain files and folders without a model", async () => {
    await repository.putModel(".copying", "1", bytes(1));
    await repository.putModel("a", ".2", bytes(1));
    await mkdir(join(repository.root, "lost+found"));
    await writeFile(join(repository.root, "readme.txt"), "");
    await mkdir(join(repository.root, "a", "3"), { recursive: true });
    expect(await scanned()).toMatchObject([{ name: "a", versions: [] }]);
  });

  it("follows links, as volumes that are mounted into a container have them", async () => {
    await repository.putModel(".data", "1", bytes(2));
    await symlink(join(repository.root, ".data"), join(repository.root, "linked"));
    expect(await scanned()).toMatchObject([{ name: "linked", versions: [{ version: "1" }] }]);
  });

  it("gives a stamp that changes with any file of the version and with the configuration", async () => {
    await repository.putModel("a", "1", bytes(3));
    const stamps = [await stampOf()];
    expect(await stampOf()).toBe(stamps[0]);
    await writeFile(join(repository.root, "a", "1", "weights.bin"), "1");
    stamps.push(await stampOf());
    await utimes(join(repository.root, "a", "1", "model.onnx"), 1, 1);
    stamps.push(await stampOf());
    await repository.putConfig("a", { maxBatchSize: 1 });
    stamps.push(await stampOf());
    expect(new Set(stamps).size).toBe(4);
  });

  it("gives the same stamp whatever the configuration says of which versions get which requests", async () => {
    await repository.putModel("a", "1", bytes(3));
    const stamps = [await stampOf()];
    for (const config of [
      {},
      { labels: { stable: "1" }, traffic: { stable: 100 }, shadow: { version: "1", percent: 10 } },
      { versions: { policy: "all" }, required: false },
    ]) {
      await repository.putConfig("a", config);
      stamps.push(await stampOf());
    }
    expect(new Set(stamps).size).toBe(1);
    await repository.putConfig("a", "{");
    expect(await stampOf()).not.toBe(stamps[0]);
  });

  it("counts and watches files in the version's folders, which links may make circles of", async () => {
    await repository.putModel("a", "1", bytes(3));
    const folder = join(repository.root, "a", "1");
    await mkdir(join(folder, "weights", "more"), { recursive: true });
    await writeFile(join(folder, "weights", "more", "part.bin"), bytes(5));
    await symlink("..", join(folder, "weights", "back"));
    await symlink(".", join(folder, "here"));
    await mkdir(join(folder, ".git"));
    await writeFile(join(folder, ".git", "object"), bytes(100));
    expect(await scanned()).toMatchObject([{ versions: [{ bytes: 8 }] }]);
    const stamps = [await stampOf(), await stampOf()];
    await writeFile(join(folder, "weights", "more", "part.bin"), bytes(6));
    stamps.push(await stampOf());
    await symlink("loop.bin", join(folder, "weights", "loop.bin"));
    stamps.push(await stampOf());
    expect(new Set(stamps).size).toBe(3);
    expect(await problemOf()).toBeUndefined();
  });

  it("fails by name when there is no such folder", async () => {
    const nowhere = join(repository.root, "nowhere");
    await expect(scanRepository(nowhere)).rejects.toThrow(`model repository '${nowhere}' cannot be read`);
  });
});

describe("what is wrong in one model's folder", () => {
  beforeEach(() => repository.putModel("z", "1", bytes(1)));

  async function expectOthersFound(): Promise<void> {
    expect((await scanned()).find(({ name }) => name === "z")).toMatchObject({
      versions: [{ version: "1", bytes: 1 }],
    });
  }

  it("is said of the model: a link in a circle", async () => {
    await symlink("a", join(repository.root, "a"));
    expect(await scanned()).toMatchObject([
      {
        name: "a",
        versions: [],
        problem: "The model's folder cannot be read: its symbolic links lead in a circle.",
      },
      { name: "z" },
    ]);
    await expectOthersFound();
  });

  it.each<[string, (folder: string) => Promise<void>, string]>([
    ["a link in a circle", (folder) => symlink("config.json", folder), "its symbolic links lead in a circle"],
    ["a folder", async (folder) => void (await mkdir(folder)), "it is a folder"],
  ])("is said of the model, whose versions are known: config.json is %s", async (_, put, words) => {
    await repository.putModel("a", "1", bytes(1));
    await put(join(repository.root, "a", "config.json"));
    expect(await scanned()).toMatchObject([
      { name: "a", versions: [{ version: "1" }], problem: `config.json cannot be read: ${words}.` },
      { name: "z" },
    ]);
  });

  it("is said of the version: a link in a circle", async () => {
    await repository.putModel("a", "1", bytes(1));
    await symlink("2", join(repository.root, "a", "2"));
    expect(await problemOf("1")).toBeUndefined();
    expect(await problemOf("2")).toBe(
      "The version's folder cannot be read: its symbolic links lead in a circle.",
    );
    await expectOthersFound();
  });

  it.each<[string, (path: string) => Promise<void>, string]>([
    [
      "a folder",
      async (path) => void (await mkdir(path)),
      "model.onnx is a folder; it must be the model's file.",
    ],
    [
      "a link in a circle",
      (path) => symlink("model.onnx", path),
      "model.onnx cannot be read: its symbolic links lead in a circle.",
    ],
    [
      "a link to nothing",
      (path) => symlink("gone", path),
      "model.onnx cannot be read: it is not there, or a link to what is not there.",
    ],
    [
      "a device",
      (path) => symlink("/dev/null", path),
      "model.onnx is a device or a pipe; it must be the model's file.",
    ],
  ])("is said of the version: model.onnx is %s", async (_, put, problem) => {
    await mkdir(join(repository.root, "a", "1"), { recursive: true });
    await put(join(repository.root, "a", "1", "model.onnx"));
    expect(await problemOf()).toBe(problem);
    await expectOthersFound();
  });

  it.each([
    [["model_quantized.onnx"], "model_quantized.onnx"],
    [["model_fp16.onnx", "model_int8.onnx", "model_q4.onnx"], "model_fp16.onnx and 2 more"],
    [["MODEL.ONNX", "notes.txt"], "MODEL.ONNX"],
    [["onnx/model.onnx", "tokenizer.json"], "onnx/model.onnx"],
    [["model\u202Egnp.onnx"], "model\\u{202e}gnp.onnx"],
  ])("is said of the version: it holds %j alone", async (files, held) => {
    for (const file of files) {
      const path = join(repository.root, "a", "1", file);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes(1));
    }
    expect(await problemOf()).toBe(
      `The version holds ${held}, but no model.onnx: give the file that is to be served that name, in the version's own folder.`,
    );
  });

  it("is no fault that a folder of other folders holds models", async () => {
    await repository.putModel("a", "archive/2023", bytes(1));
    expect(await scanned()).toMatchObject([{ name: "a", versions: [] }, { name: "z" }]);
  });

  it("is no fault where the model is there as well", async () => {
    await repository.putModel("a", "1", bytes(1));
    await writeFile(join(repository.root, "a", "1", "model_int8.onnx"), bytes(1));
    await writeFile(join(repository.root, "a", "1", "веса.bin"), bytes(1));
    expect(await problemOf()).toBeUndefined();
  });

  it.each([
    ["версия", "версия"],
    ["1 (copy)", "1 (copy)"],
    ["1\n\u0007", "1\\u{a}\\u{7}"],
    ["-1", "-1"],
    ["x".repeat(200) + " ", `${"x".repeat(100)} …`],
  ])("is a name of a version: %j", async (version, shown) => {
    await repository.putModel("a", "1", bytes(1));
    await repository.putModel("a", version, bytes(1));
    await mkdir(join(repository.root, "a", "заметки"));
    expect((await scanned())[0]?.versions).toHaveLength(2);
    expect(await problemOf("1")).toBeUndefined();
    expect(await problemOf(version)).toBe(
      `A version cannot be named '${shown}': take letters from A to Z, digits, '.', '_' and '-', the first a letter, a digit or '_'.`,
    );
  });

  it("is a name of the model", async () => {
    await repository.putModel("модель", "1", bytes(1));
    await repository.putModel("a\u0001b", "1", bytes(1));
    await mkdir(join(repository.root, "папка"));
    const { models, misnamed } = await scanRepository(repository.root);
    expect(models.map(({ name }) => name)).toEqual(["z"]);
    expect(misnamed.map(({ name }) => name)).toEqual(["a\u0001b", "модель"]);
  });

  it.each<[string, string[], number, object]>([
    [
      "the model's folder",
      ["a"],
      0o000,
      { versions: [], problem: "The model's folder cannot be read: the server's user may not read it." },
    ],
    [
      "what is in the model's folder",
      ["a"],
      0o444,
      {
        versions: [{ problem: "The version's folder cannot be read: the server's user may not read it." }],
        problem: "config.json cannot be read: the server's user may not read it.",
      },
    ],
    [
      "config.json",
      ["a", "config.json"],
      0o000,
      {
        versions: [{ version: "1", bytes: 2 }],
        problem: "config.json cannot be read: the server's user may not read it.",
      },
    ],
    [
      "the version's folder",
      ["a", "1"],
      0o000,
      {
        versions: [{ problem: "The version's folder cannot be read: the server's user may not read it." }],
      },
    ],
    [
      "what is in the version's folder",
      ["a", "1"],
      0o444,
      { versions: [{ problem: "model.onnx cannot be read: the server's user may not read it." }] },
    ],
    ["a folder beside the model", ["a", "1", "logs"], 0o000, { versions: [{ version: "1", bytes: 1 }] }],
  ])("is that nobody may read %s", async (_, path, mode, expected) => {
    await repository.putModel("a", "1", bytes(1));
    await repository.putConfig("a", {});
    await mkdir(join(repository.root, "a", "1", "logs"));
    await writeFile(join(repository.root, "a", "1", "logs", "log"), bytes(1));
    await chmod(repository.root, 0o755);
    const unreadable = join(repository.root, ...path);
    await chmod(unreadable, mode);
    const models = await asNobody(scanned);
    await chmod(unreadable, 0o755);
    expect(models).toMatchObject([
      { name: "a", ...expected },
      { name: "z", versions: [{ bytes: 1 }] },
    ]);
    expect(JSON.stringify(models.map((model) => model.problem))).not.toContain(repository.root);
  });
});

/** As a user whom modes concern: the superuser may read everything. */
async function asNobody<T>(look: () => Promise<T>): Promise<T> {
  const isSuperuser = process.geteuid?.() === 0;
  if (isSuperuser) {
    process.seteuid?.(65534);
  }
  try {
    return await look();
  } finally {
    if (isSuperuser) {
      process.seteuid?.(0);
    }
  }
}
