import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { examineModel, hasProblems, type ModelReport } from "#service/doctor/examine.js";
import { printReport } from "#service/doctor/print.js";
import {
  broken,
  embedding,
  fixedBatch,
  fixedRunningSum,
  measures,
  namesTens,
  onlyFortyTwo,
  probabilities,
  runningSum,
  sumOfRow,
  withSequence,
} from "../../models/index.js";
import { RepositoryFixture, SERVING } from "../inference/engine/repository-fixture.js";

let repository: RepositoryFixture;

beforeEach(async () => {
  repository = await RepositoryFixture.create();
});
afterEach(() => repository.dispose());

function examine(): Promise<ModelReport> {
  return examineModel(join(repository.root, "m"), SERVING);
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
        place: { where: "thread", reason: "Requests choose how long F is, and so how long a run takes." },
        unbounded: ["F"],
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
        suggestion: undefined,
      },
    ]);
    expect(report.versions[0]?.runs.map(({ rows }) => rows)).toEqual([1, 2, 4]);
    const text = printReport(report);
    expect(text).toContain("[rows, any]");
    expect(text).toContain("rows a second");
    expect(text).toContain("would run on a thread of its own: Requests choose how long F is");
    expect(text).toContain('of any length: F; bound them in config.json, as in "dimensions": {"F": 512}');
    expect(text).not.toContain("A config.json");
  });

  it("finds every problem: of the configuration, of the versions and of the graph", async () => {
    await repository.putModel("m", "1", sumOfRow());
    await repository.putModel("m", "2", broken());
    await repository.putConfig("m", {
      input: "pixels",
      labels: { stable: "7" },
      traffic: { stable: 50, "1": 40, canary: 10 },
      shadow: { version: "8", percent: 1 },
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
    expect(report.problems).toEqual([
      "config.json: labels.stable: there is no version '7'.",
      "config.json: traffic.canary: there is no label or version 'canary'.",
      "config.json: shadow.version: there is no label or version '8'.",
    ]);
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
    expect(printReport(await examine())).toContain(
      "would be served request by request: Dimension 0 is always 4, as that of a matrix may be.",
    );
  });

  it("suggests no batch where rows touch", async () => {
    await repository.putModel("m", "1", fixedRunningSum());
    expect((await examine()).versions[0]?.suggestion).toBeUndefined();
  });

  it("sees from its answers what an output is", async () => {
    await repository.putModel("m", "1", probabilities());
    await repository.putModel("m", "2", embedding());
    await repository.putModel("m", "3", measures("y"));
    await repository.putModel("m", "4", measures("logits"));
    await repository.putModel("m", "5", namesTens());
    const { versions } = await examine();
    expect(versions.map(({ suggestion }) => suggestion?.postprocess?.scores)).toEqual([
      "probabilities",
      undefined,
      undefined,
      "logits",
      undefined,
    ]);
    expect(versions.map(({ notes }) => notes[0])).toEqual([
      "The labels in postprocess are numbers: put the names of the classes there, in the order of the scores.",
      "Output 'output' is no list of classes: its rows have length 1, as embeddings do.",
      expect.stringMatching(/^Output 'y' has 3 numbers a row that do not sum to 1: /) as string,
      expect.stringMatching(/^The labels in postprocess are numbers: /) as string,
      expect.stringMatching(/^Output 'label' names the class itself, /) as string,
    ]);
  });

  it("names outputs that are left out, and says when a model is not warmed up", async () => {
    await repository.putModel("m", "1", withSequence());
    await repository.putModel("m", "2", onlyFortyTwo());
    const report = await examine();
    expect(report.versions[0]).toMatchObject({ leftOut: ["parts"] });
    const text = printReport(report);
    expect(text).toMatch(/left out │ parts +│ no tensor/);
    expect(text).toContain("warning: It is not warmed up, for it ran nothing that was tried.");
    expect(text).toContain("would run on a thread of its own");
  });

  it("tells of a config.json that cannot be read and of a folder without a version", async () => {
    await repository.putConfig("m", "{");
    expect((await examine()).problems).toEqual([
      expect.stringMatching(/config\.json is not JSON/) as string,
      "No version folder holds a model.onnx.",
    ]);
  });

  it("tells of files and folders that cannot be served, each once", async () => {
    await repository.putModel(
      "m",
      "1",
      Buffer.from("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
    );
    await repository.putModel("m", "2", Buffer.of());
    await symlink("3", join(repository.root, "m", "3"));
    await mkdir(join(repository.root, "m", "config.json"));
    const report = await examine();
    expect(report.problems).toEqual(["config.json cannot be read: it is a folder."]);
    expect(report.versions.map(({ problems }) => problems)).toEqual([
      ["The file model.onnx is a pointer of Git LFS, not the file itself: get that with 'git lfs pull'."],
      ["The file model.onnx is empty."],
      ["The version's folder cannot be read: its symbolic links lead in a circle."],
    ]);
  });
});
