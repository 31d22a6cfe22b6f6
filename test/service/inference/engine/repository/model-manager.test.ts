import { mkdir, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { InferenceResult, ModelReference } from "#service/inference/engine/engine.js";
import { ModelManager, type ManagerOptions } from "#service/inference/engine/repository/model-manager.js";
import { FolderRepository } from "#service/models/store/folder-repository.js";
import { ServiceError } from "#service/server/errors.js";
import { broken, identity, truncated, withWeightsIn } from "../../../../models/index.js";
import { manifestOf } from "../../../models/manifest-of.js";
import { floats, RepositoryFixture, SERVING } from "../repository-fixture.js";

let repository: RepositoryFixture;
let manager: ModelManager;
const logged: string[] = [];

function manage(options: Partial<ManagerOptions> = {}): ModelManager {
  const log = (fields: object, message: string): void =>
    void logged.push(`${message} ${JSON.stringify(fields)}`);
  return new ModelManager(
    {
      repository: new FolderRepository(repository.root),
      loadAll: true,
      retireSeconds: 60,
      serving: SERVING,
      ...options,
    },
    { info: log, warn: log, error: log },
  );
}

beforeEach(async () => {
  repository = await RepositoryFixture.create();
  logged.length = 0;
  manager = manage();
});
afterEach(async () => {
  await manager.stop(new ServiceError("shutting_down", "The test is over."));
  await repository.dispose();
});

function serving(reference: ModelReference = { name: "m" }): string {
  return manager.resolve(reference).version;
}
function code(expected: string): unknown {
  return expect.objectContaining({ code: expected });
}
async function answer(version?: string): Promise<InferenceResult> {
  const server = manager.resolve({ name: "m", version });
  return server.infer({ inputs: { input: floats([1, 3], [1, 2, 3]) } });
}

describe("a new version", () => {
  beforeEach(async () => {
    await repository.putModel("m", "1", identity());
    await manager.refresh(true);
  });

  it("is switched to once its files have been the same for two looks", async () => {
    await repository.putModel("m", "2", identity());
    await manager.refresh(false);
    expect(serving()).toBe("1");
    expect(manager.index()[1]).toMatchObject({
      state: "UNAVAILABLE",
      reason: "Its files still change.",
    });
    await manager.refresh(false);
    expect(serving()).toBe("2");
    expect(() => serving({ name: "m", version: "1" })).toThrow(code("model_not_ready"));
  });

  it("takes over with no failed request, from requests that had chosen the old one too", async () => {
    const chosenBefore = manager.resolve({ name: "m" });
    const answered: string[] = [];
    let done = false;
    const client = async (): Promise<void> => {
      for (let last = false; !last;) {
        last = done;
        const server = manager.resolve({ name: "m" });
        await server.infer({ inputs: { input: floats([1, 3], [1, 2, 3]) } });
        answered.push(server.version);
      }
    };
    const clients = Promise.all([client(), client(), client()]);
    try {
      await repository.putModel("m", "2", identity());
      await manager.refresh(false);
      await manager.refresh(false);
    } finally {
      done = true;
      await clients;
    }
    const late = await chosenBefore.infer({
      inputs: { input: floats([1, 3], [1, 2, 3]) },
    });
    expect(late.outputs["output"]?.data).toEqual(Float32Array.of(1, 2, 3));
    expect(new Set(answered)).toEqual(new Set(["1", "2"]));
  });

  it.each([
    ["not a model", broken()],
    ["half a model", truncated()],
  ])(
    "that is %s is refused with the reason, in the index and in the log, and the old one serves",
    async (_, file) => {
      await repository.putModel("m", "2", file);
      await manager.refresh(false);
      await manager.refresh(false);
      expect(serving()).toBe("1");
      expect(manager.index()).toMatchObject([
        { version: "1", state: "READY", reason: "" },
        {
          version: "2",
          state: "UNAVAILABLE",
          reason: expect.stringContaining("model.onnx cannot be loaded") as string,
        },
      ]);
      await manager.refresh(false);
      expect(logged.filter((line) => line.startsWith("model version refused"))).toHaveLength(1);
      expect(logged.join("\n")).not.toContain(`${repository.root}/m/2`);
    },
  );

  it("that was refused is loaded when its files are put right", async () => {
    await repository.putModel("m", "2", truncated());
    await manager.refresh(false);
    await manager.refresh(false);
    await repository.putModel("m", "2", identity());
    await manager.refresh(false);
    await manager.refresh(false);
    expect(serving()).toBe("2");
  });

  it("may replace the files of the one that serves; refused ones leave it serving", async () => {
    await repository.putModel("m", "1", broken());
    await manager.refresh(false);
    await manager.refresh(false);
    expect(manager.index()).toMatchObject([
      { version: "1", state: "READY", reason: expect.stringContaining("Newer files are refused") as string },
    ]);
    await expect(answer()).resolves.toBeDefined();
  });

  it("gives way to the old one when it is taken away", async () => {
    await repository.putModel("m", "2", identity());
    await manager.refresh(false);
    await manager.refresh(false);
    await repository.removeVersion("m", "2");
    await manager.refresh(false);
    expect(serving()).toBe("1");
  });
});

describe("several versions", () => {
  beforeEach(async () => {
    for (const version of ["1", "2", "3"]) {
      await repository.putModel("m", version, identity());
    }
  });

  it("serve at once, by number and by label", async () => {
    await repository.putConfig("m", { versions: { policy: "all" }, labels: { stable: "2", canary: "3" } });
    await manager.refresh(true);
    expect([undefined, "1", "stable", "canary"].map((version) => serving({ name: "m", version }))).toEqual([
      "2",
      "1",
      "2",
      "3",
    ]);
    expect(manager.index().map(({ labels }) => labels)).toEqual([[], ["stable"], ["canary"]]);
  });

  it("follow a change of labels and policy", async () => {
    await repository.putConfig("m", { versions: { policy: "all" }, labels: { stable: "1" } });
    await manager.refresh(true);
    await repository.putConfig("m", {
      versions: { policy: "specific", versions: ["2"] },
      labels: { stable: "2" },
    });
    await manager.refresh(false);
    await manager.refresh(false);
    expect(manager.index().map(({ state }) => state)).toEqual(["UNAVAILABLE", "READY", "UNAVAILABLE"]);
    expect(serving({ name: "m", version: "stable" })).toBe("2");
  });

  it("keep serving when config.json breaks, which the index tells", async () => {
    await manager.refresh(true);
    await repository.putConfig("m", "{ not json");
    await manager.refresh(false);
    await manager.refresh(false);
    expect(serving()).toBe("3");
    expect(manager.index()[2]?.reason).toContain("config.json is not JSON");
  });
});

describe("a model", () => {
  it("with a wrong config.json is refused by field", async () => {
    await repository.putModel("m", "1", identity());
    await repository.putConfig("m", { maxBatchSize: "many" });
    await manager.refresh(true);
    expect(() => serving()).toThrow(code("model_not_ready"));
    expect(manager.index()[0]?.reason).toContain("maxBatchSize");
  });

  it("whose config.json names an input or output that the graph lacks is refused", async () => {
    await repository.putModel("m", "1", identity());
    await repository.putConfig("m", { input: "picture" });
    await manager.refresh(true);
    expect(manager.index()[0]?.reason).toBe(
      "config.json: input: the graph has no input 'picture'; it has 'input'.",
    );
  });

  it("without a version says so", async () => {
    await mkdir(join(repository.root, "empty"));
    await manager.refresh(true);
    expect(manager.index()).toMatchObject([
      { name: "empty", reason: "No version folder holds a model.onnx." },
    ]);
  });

  it("is unloaded and loaded by name", async () => {
    await repository.putModel("m", "1", identity());
    await manager.refresh(true);
    await manager.unload("m");
    expect(() => serving()).toThrow(code("model_not_ready"));
    await manager.refresh(true);
    expect(manager.index()).toMatchObject([{ state: "UNAVAILABLE", reason: "It was unloaded." }]);
    await manager.load("m");
    expect(serving()).toBe("1");
    await expect(manager.load("nobody")).rejects.toThrow(code("model_not_found"));
    await expect(manager.unload("../m")).rejects.toThrow(code("model_not_found"));
  });

  it("waits to be loaded under explicit control", async () => {
    manager = manage({ loadAll: false });
    await repository.putModel("m", "1", identity());
    await manager.refresh(true);
    expect(() => serving()).toThrow(code("model_not_ready"));
    await manager.load("m");
    expect(serving()).toBe("1");
  });

  it("that cannot be loaded by name fails with the reason", async () => {
    await repository.putModel("m", "1", broken());
    await expect(manager.load("m")).rejects.toThrow(
      expect.objectContaining({
        code: "unprocessable",
        message: expect.stringContaining("Protobuf") as string,
      }),
    );
  });

  it("may keep its weights beside the graph: they belong to the version", async () => {
    await repository.putModel("m", "1", identity());
    await manager.refresh(true);
    await writeFile(join(repository.root, "m", "1", "weights.bin"), "new");
    const before = manager.resolve({ name: "m" });
    await manager.refresh(false);
    await manager.refresh(false);
    expect(manager.resolve({ name: "m" })).not.toBe(before);
  });

  it("may keep its weights in a folder there: they are loaded, and watched", async () => {
    await repository.putModel("m", "1", withWeightsIn("weights/part.bin"));
    const weights = join(repository.root, "m", "1", "weights");
    await mkdir(weights);
    await writeFile(join(weights, "part.bin"), Float32Array.of(1, 1, 1));
    await manager.refresh(true);
    expect((await answer()).outputs["output"]?.data).toEqual(Float32Array.of(2, 3, 4));
    await writeFile(join(weights, "part.bin"), Float32Array.of(2, 2, 2));
    await utimes(join(weights, "part.bin"), 1, 1);
    await manager.refresh(false);
    await manager.refresh(false);
    expect((await answer()).outputs["output"]?.data).toEqual(Float32Array.of(3, 4, 5));
  });

  it("whose weights are a pointer of Git LFS is refused for that", async () => {
    await repository.putModel("m", "1", withWeightsIn("weights.bin"));
    await writeFile(
      join(repository.root, "m", "1", "weights.bin"),
      "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n",
    );
    await manager.refresh(true);
    expect(manager.index()[0]?.reason).toBe(
      "The file weights.bin is a pointer of Git LFS, not the file itself: get that with 'git lfs pull'.",
    );
  });
});

describe("what is wrong in one model's folder", () => {
  beforeEach(async () => {
    await repository.putModel("m", "1", identity());
  });

  function reasons(): Record<string, string> {
    return Object.fromEntries(
      manager.index().map(({ name, version, reason }) => [`${name}/${version}`, reason]),
    );
  }

  it("keeps no other from being served, and is the reason of what it concerns", async () => {
    await symlink("circle", join(repository.root, "circle"));
    await repository.putModel("half", "1", identity());
    await symlink("2", join(repository.root, "half", "2"));
    await mkdir(join(repository.root, "half", "3", "model.onnx"), { recursive: true });
    await mkdir(join(repository.root, "half", "4"), { recursive: true });
    await writeFile(join(repository.root, "half", "4", "model_quantized.onnx"), "");
    await repository.putModel("half", "v 5", identity());
    await repository.putModel("модель", "1", identity());
    await manager.refresh(true);
    expect([serving({ name: "m" }), serving({ name: "half" })]).toEqual(["1", "1"]);
    expect(reasons()).toEqual({
      "m/1": "",
      "half/1": "",
      "circle/": "The model's folder cannot be read: its symbolic links lead in a circle.",
      "half/2": "The version's folder cannot be read: its symbolic links lead in a circle.",
      "half/3": "model.onnx is a folder; it must be the model's file.",
      "half/4": expect.stringMatching(
        /^The version holds model_quantized\.onnx, but no model\.onnx: /,
      ) as string,
      "half/v 5": expect.stringMatching(/^A version cannot be named 'v 5': /) as string,
      "модель/": expect.stringMatching(/^A model cannot be named 'модель': /) as string,
    });
    const told = logged.length;
    await manager.refresh(false);
    expect(logged).toHaveLength(told);
  });

  it("leaves the one model of the others the only one", async () => {
    await repository.putModel("модель", "1", identity());
    await manager.refresh(true);
    expect(manager.onlyName()).toBe("m");
    await expect(manager.load("модель")).rejects.toThrow(code("model_not_found"));
  });

  it("leaves serving what served, until it is put right", async () => {
    await manager.refresh(true);
    const before = manager.resolve({ name: "m" });
    const folder = join(repository.root, "m");
    await rename(folder, `${repository.root}/.away`);
    await symlink("m", folder);
    await manager.refresh(false);
    await manager.refresh(false);
    expect(manager.resolve({ name: "m" })).toBe(before);
    expect(reasons()["m/1"]).toBe(
      "Newer files are refused: The model's folder cannot be read: its symbolic links lead in a circle.",
    );
    await rm(folder);
    await rename(`${repository.root}/.away`, folder);
    await mkdir(join(folder, "config.json"));
    await manager.refresh(false);
    await manager.refresh(false);
    expect(reasons()["m/1"]).toBe("Newer files are refused: config.json cannot be read: it is a folder.");
    await rm(join(folder, "config.json"), { recursive: true });
    await manager.refresh(false);
    await manager.refresh(false);
    expect(manager.resolve({ name: "m" })).toBe(before);
    expect(reasons()).toEqual({ "m/1": "" });
  });

  it("leaves serving the version whose folder it is", async () => {
    await manager.refresh(true);
    const before = manager.resolve({ name: "m" });
    const version = join(repository.root, "m", "1");
    await rename(version, `${repository.root}/.away`);
    await symlink("1", version);
    await manager.refresh(false);
    await manager.refresh(false);
    expect(manager.resolve({ name: "m" })).toBe(before);
    expect(reasons()["m/1"]).toMatch(/^Newer files are refused: The version's folder cannot be read: /);
    await rm(version);
    await rename(`${repository.root}/.away`, version);
    await manager.refresh(false);
    await manager.refresh(false);
    expect(manager.resolve({ name: "m" })).toBe(before);
    expect(reasons()).toEqual({ "m/1": "" });
  });
});

describe("a manifest in a folder", () => {
  it("holds back a half-written version, refuses one of another content, and lets the old one serve", async () => {
    await repository.putModel("m", "1", identity());
    await manager.refresh(true);
    const put = (files: Record<string, Uint8Array>): Promise<void> =>
      writeFile(join(repository.root, "m", "2", "manifest.json"), manifestOf(files));
    await repository.putModel("m", "2", identity().slice(1));
    await put({ "model.onnx": identity() });
    await manager.refresh(true);
    expect(serving()).toBe("1");
    expect(manager.index()[1]?.reason).toMatch(
      /^The file model.onnx has \d+ bytes; manifest.json says \d+\.$/,
    );
    await repository.putModel("m", "2", Buffer.from(identity()).fill(0, 0, 1));
    await manager.refresh(true);
    expect(serving()).toBe("1");
    expect(manager.index()[1]?.reason).toBe(
      "The file model.onnx is not the one of manifest.json: its SHA-256 is another.",
    );
    await repository.putModel("m", "2", identity());
    await manager.refresh(true);
    expect(serving()).toBe("2");
  });
});
