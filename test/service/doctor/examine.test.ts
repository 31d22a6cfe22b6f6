import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { examineModel, hasProblems, type ModelReport } from "#service/doctor/examine.js";
import { printReport } from "#service/doctor/print.js";
import { broken, fixedBatch, runningSum, sumOfRow } from "../../models/index.js";
import { RepositoryFixture } from "../inference/engine/repository-fixture.js";

let repository: RepositoryFixture;

beforeEach(async () => {
  repository = await RepositoryFixture.create();
});
afterEach(() => repository.dispose());

function examine(): Promise<ModelReport> {
  return examineModel(join(repository.root, "m"), {
    maxBatchSize: 4,
    maxBatchDelayMs: 0,
    queueRows: 16,
    queueSeconds: 1,
    intraOpThreads: 1,
    runLimitSeconds: 60,
    runLimitBytes: 2 ** 30,
  });
}

describe("the doctor", () => {
  it("tells what it reads from the graph, and how long each batch size takes", async () => {
    await repository.putModel("m", "1", sumOfRow());
    const report = await examine();
    expect(hasProblems(report)).toBe(false);
    expect(report.versions).toMatchObject([
      {
        version: "1",
        batched: true,
        threaded: true,
        problems: [],
        graph: {
          operators: [
            ["ReduceSum", 1],
            ["Mul", 1],
            ["Add", 1],
          ],
          parameters: 3,
        },
        inputs: [{ name: "features", datatype: "FP32", shape: [-1, -1] }],
        suggestion: { input: "features" },
      },
    ]);
    expect(report.versions[0]?.runs.map(({ rows }) => rows)).toEqual([1, 2, 4]);
    const text = printReport(report);
    expect(text).toContain("[rows, any]");
    expect(text).toContain("rows a second");
    expect(text).toContain('"input": "features"');
  });

  it("finds every problem: of the configuration, of the versions and of the graph", async () => {
    await repository.putModel("m", "1", sumOfRow());
    await repository.putModel("m", "2", broken());
    await repository.putConfig("m", {
      input: "pixels",
      labels: { stable: "7" },
      postprocess: {
        kind: "classification",
        output: "prediction",
        labels: ["a", "b"],
        scores: "logits",
        top: 1,
      },
    });
    const report = await examine();
    expect(hasProblems(report)).toBe(true);
    expect(report.problems).toEqual(["config.json: labels.stable: there is no version '7'."]);
    expect(report.versions.map(({ problems }) => problems)).toEqual([
      [
        "config.json: input: the graph has no input 'pixels'; it has 'features'.",
        "config.json: postprocess.labels: has 2 labels; output 'prediction' has 1 scores a row.",
      ],
      [
        expect.stringMatching(/^This is not an ONNX model: /) as string,
        "The file model.onnx cannot be loaded: Protobuf parsing failed.",
      ],
    ]);
    expect(printReport(report)).toContain("problem: This is not an ONNX model");
  });

  it("warns of rows that influence one another, and suggests a batch where the graph fixes one", async () => {
    await repository.putModel("m", "1", runningSum());
    await repository.putModel("m", "2", fixedBatch());
    const [mixing, fixed] = (await examine()).versions;
    expect(mixing?.warnings).toEqual([
      expect.stringMatching(/^Requests are not joined, and run alone and whole. CumSum /),
    ]);
    expect(fixed).toMatchObject({ batched: false, suggestion: { batched: true } });
  });

  it("tells of a config.json that cannot be read and of a folder without a version", async () => {
    await repository.putConfig("m", "{");
    expect((await examine()).problems).toEqual([
      expect.stringMatching(/config\.json is not JSON/) as string,
      "No version folder holds a model.onnx.",
    ]);
  });
});
