import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";

import { decodeModel } from "#service/onnx/read-model.js";
import { bundledDigits } from "#service/training/recipes/digits/bundled-digits.js";
import { trainCommand } from "#service/training/command.js";
import { pick } from "#service/training/recipes/digits/digits.js";
import type { Metrics } from "#service/training/recipes/digits/train.js";
import { dataSet, folderOf } from "./recipes/digits/idx-files.js";

afterEach(() => vi.restoreAllMocks());

describe("train", () => {
  it("writes a version with model, metrics and pictures, and says what came out", async () => {
    const { train, heldOut } = bundledDigits();
    const some = (count: number, step: number) => Array.from({ length: count }, (_, index) => index * step);
    const data = folderOf(dataSet(pick(train, some(200, 40)), pick(heldOut, some(40, 49))));
    const output = join(await mkdtemp(join(tmpdir(), "models-")), "mnist");
    const log = vi.spyOn(console, "log").mockReturnValue();
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const flags = ["--data", data, "--output", output, "--epochs", "1", "--copies", "0", "--seed", "3"];
    await trainCommand().parseAsync(flags, { from: "user" });

    expect((await readdir(join(output, "1"))).sort()).toEqual([
      "confusion.png",
      "learning-curve.png",
      "manifest.json",
      "metrics.json",
      "model.onnx",
    ]);
    const metrics = JSON.parse(await readFile(join(output, "1", "metrics.json"), "utf8")) as Metrics;
    expect(metrics.settings).toMatchObject({ epochs: 1, copies: 0, seed: 3, batchSize: 128 });
    const { metadata } = decodeModel(await readFile(join(output, "1", "model.onnx")));
    expect(metadata).toMatchObject({ seed: "3", data: "IDX files of MNIST" });
    const said = log.mock.calls.flat().join("\n");
    expect(said).toMatch(/Held-out accuracy \d\.\d{4}, loss \d+\.\d{4}, on 40 digits\./);
    expect(said).toMatch(/digit {2}precision {2}recall {2}count/);
    expect(warn).not.toHaveBeenCalled();
  });
});
