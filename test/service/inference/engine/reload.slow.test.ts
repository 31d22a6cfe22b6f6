import { afterEach, beforeEach, expect, it } from "vitest";
import { sumOfRow } from "../../../models/index.js";
import { floats, RepositoryFixture } from "./repository-fixture.js";

let repository: RepositoryFixture;

beforeEach(async () => {
  repository = await RepositoryFixture.create();
});
afterEach(() => repository.dispose());

/** A thread and the session on it take some 10 MB: were one in ten left behind, it would show. */
const TOLERANCE_BYTES = 15e6;

it("reloads leave the resident memory flat", { timeout: 120_000 }, async () => {
  await repository.putModel("m", "1", sumOfRow());
  const engine = await repository.started();
  const reload = async (times: number): Promise<number> => {
    for (let round = 0; round < times; round += 1) {
      await engine.unload("m");
      await engine.load("m");
      await engine.defaultModel().infer({ inputs: { features: floats([1, 2], [1, 2]) } });
    }
    return process.memoryUsage.rss();
  };
  const half = await reload(150);
  const whole = await reload(150);
  expect(whole - half).toBeLessThan(TOLERANCE_BYTES);
});
