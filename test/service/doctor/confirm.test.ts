import { stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { whyNot } from "#service/doctor/confirm.js";
import { tryOut } from "#service/doctor/try-out.js";
import type { ModelConfig } from "#service/models/model-config.js";
import { fixedBatch, fixedRunningSum, probabilities } from "../../models/index.js";
import { RepositoryFixture, SERVING } from "../inference/engine/repository-fixture.js";

let repository: RepositoryFixture;

beforeEach(async () => {
  repository = await RepositoryFixture.create();
});
afterEach(() => repository.dispose());

async function confirm(model: Uint8Array, config: ModelConfig): Promise<string | undefined> {
  await repository.putModel("m", "1", model);
  const path = join(repository.root, "m", "1", "model.onnx");
  const files = { version: "1", path, bytes: (await stat(path)).size, stamp: "" };
  const trial = await tryOut(files, {}, SERVING);
  expect(trial.samples.map(({ random }) => random)).toEqual([false, true, true]);
  return whyNot(config, files, trial, SERVING);
}

const THREE = { kind: "classification", output: "output", labels: ["a", "b", "c"], top: 3 } as const;

describe("a suggestion is served before it is made, and", () => {
  it("passes when it changes no answer", async () => {
    expect(await confirm(fixedBatch(), { batched: true })).toBeUndefined();
    const postprocess = { ...THREE, scores: "probabilities" } as const;
    expect(await confirm(probabilities(), { postprocess })).toBeUndefined();
  });

  it("does not pass when rows get other answers alone than together", async () => {
    expect(await confirm(fixedRunningSum(), { batched: true })).toBe(
      "It gives other numbers in output 'output'.",
    );
  });

  it("does not pass when it does not fit the graph", async () => {
    const postprocess = { ...THREE, labels: ["a", "b"], scores: "probabilities" } as const;
    expect(await confirm(probabilities(), { postprocess })).toBe(
      "config.json: postprocess.labels: has 2 labels; output 'output' has 3 scores a row.",
    );
  });
});
