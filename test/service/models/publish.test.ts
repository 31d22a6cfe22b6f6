import { mkdtemp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { contentFault, parseManifest } from "#service/models/manifest.js";
import { nextVersion, publishVersion } from "#service/models/publish.js";

describe("nextVersion", () => {
  it("follows the highest number, whatever else lies there", () => {
    expect(nextVersion([])).toBe("1");
    expect(nextVersion(["2", "10", "9", "config.json", "canary", "007", ".staging-1"])).toBe("11");
  });
});

describe("publishVersion", () => {
  it("makes the model's folder and counts up", async () => {
    const folder = join(await mkdtemp(join(tmpdir(), "models-")), "mnist");
    expect(await publishVersion(folder, { "model.onnx": Uint8Array.of(1, 2) })).toBe("1");
    expect(await publishVersion(folder, { "model.onnx": Uint8Array.of(3), "metrics.json": "{}" })).toBe("2");
    expect(await readFile(join(folder, "1", "model.onnx"))).toEqual(Buffer.of(1, 2));
    expect((await readdir(join(folder, "2"))).sort()).toEqual([
      "manifest.json",
      "metrics.json",
      "model.onnx",
    ]);
  });

  it("writes a manifest that the version is held to", async () => {
    const folder = await mkdtemp(join(tmpdir(), "models-"));
    const said = { lineage: { parent: "3", seed: 7 }, metrics: { accuracy: 0.5 } };
    await publishVersion(folder, { "model.onnx": Uint8Array.of(1, 2), "labels.txt": "\u00e4" }, said);
    const text = await readFile(join(folder, "1", "manifest.json"), "utf8");
    const manifest = parseManifest(text);
    expect(manifest).toMatchObject({
      ...said,
      files: { "model.onnx": { bytes: 2 }, "labels.txt": { bytes: 2 } },
    });
    expect(await contentFault(join(folder, "1"), manifest.files)).toBeUndefined();
    await writeFile(join(folder, "1", "model.onnx"), Uint8Array.of(1, 3));
    expect(await contentFault(join(folder, "1"), manifest.files)).toBe(
      "The file model.onnx is not the one of manifest.json: its SHA-256 is another.",
    );
  });

  it("gives publishers at the same time a version each", async () => {
    const folder = await mkdtemp(join(tmpdir(), "models-"));
    const versions = await Promise.all(
      ["a", "b", "c", "d"].map((content) => publishVersion(folder, { "model.onnx": content })),
    );
    expect([...versions].sort()).toEqual(["1", "2", "3", "4"]);
    expect((await readdir(folder)).sort()).toEqual(["1", "2", "3", "4"]);
  });

  it("leaves nothing behind when a file cannot be written", async () => {
    const folder = await mkdtemp(join(tmpdir(), "models-"));
    await expect(publishVersion(folder, { "model.onnx": "whole", "no/such/folder": "" })).rejects.toThrow(
      "ENOENT",
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it("lets other users read the version, as the process's mask says", async () => {
    const folder = await mkdtemp(join(tmpdir(), "models-"));
    const version = await publishVersion(folder, { "model.onnx": "x" });
    const { mode } = await stat(join(folder, version));
    expect(mode & 0o777).toBe(0o777 & ~process.umask());
  });
});
