import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Engine, InferenceResult } from "#service/inference/engine/engine.js";
import type { Tensor } from "#service/tensors/tensor.js";
import {
  detector,
  divides,
  endless,
  endsTheProcess,
  grows,
  likeness,
  onlyFortyTwo,
  reservedIds,
  resizes,
  windows,
} from "../../../../models/index.js";
import { floats, RepositoryFixture } from "../repository-fixture.js";

let repository: RepositoryFixture;

beforeEach(async () => {
  repository = await RepositoryFixture.create();
});
afterEach(() => repository.dispose());

function longs(shape: number[], values: number[]): Tensor {
  return { datatype: "INT64", shape, data: BigInt64Array.from(values.map(BigInt)) };
}

function bool(value: boolean): Tensor {
  return { datatype: "BOOL", shape: [], data: Uint8Array.of(Number(value)) };
}

async function serve(model: Uint8Array, config?: object): Promise<Engine> {
  await repository.putModel("m", "1", model);
  if (config) {
    await repository.putConfig("m", config);
  }
  return repository.started();
}

function ask(engine: Engine, inputs: Record<string, Tensor>): Promise<InferenceResult> {
  return engine.defaultModel().infer({ inputs });
}

function reasonOf(engine: Engine): string {
  return engine.index()[0]?.reason ?? "";
}

describe("a model that refuses zeros", () => {
  it.each([
    ["a divisor", divides(), { numerator: longs([1], [7]), divisor: longs([1], [2]) }, "quotient", 3n],
    ["ids that begin at 3", reservedIds(), { id: longs([1], [4]) }, "value", 20],
    [
      "sizes as an input",
      resizes(),
      { picture: floats([1, 1, 1, 1], [5]), sizes: longs([4], [1, 1, 2, 2]) },
      "resized",
      5,
    ],
    [
      "windows larger than a pixel",
      windows(),
      { picture: floats([1, 1, 7, 7], Array<number>(49).fill(2)) },
      "means",
      2,
    ],
  ])("serves, warmed up with something else: %s", async (_, model, inputs, output, value) => {
    const engine = await serve(model);
    expect([engine.whyNotReady(), reasonOf(engine)]).toEqual([undefined, ""]);
    expect((await ask(engine, inputs)).outputs[output]?.data[0]).toBe(value);
  });

  it("serves unwarmed, and says so, when it refuses everything that can be made up", async () => {
    const engine = await serve(onlyFortyTwo());
    expect(engine.whyNotReady()).toBeUndefined();
    expect(reasonOf(engine)).toMatch(
      /^It is not warmed up, for it ran nothing that was tried\. With zeros: .*Say in config\.json's warmup what it can run\.$/,
    );
    expect((await ask(engine, { id: longs([1], [42]) })).outputs["value"]?.data[0]).toBe(7);
  });
});

describe("config.json's warmup", () => {
  it("is what the model is warmed up with", async () => {
    const engine = await serve(onlyFortyTwo(), { warmup: [{ id: [42] }] });
    expect(reasonOf(engine)).toBe("");
  });

  it("may lie in files: nested lists, or bytes with a shape", async () => {
    await mkdir(join(repository.root, "m", "warmup"), { recursive: true });
    await writeFile(join(repository.root, "m", "warmup", "id.json"), "[42]");
    expect(reasonOf(await serve(onlyFortyTwo(), { warmup: [{ id: { file: "warmup/id.json" } }] }))).toBe("");
    await writeFile(
      join(repository.root, "m", "warmup", "id.bin"),
      Buffer.from(BigInt64Array.of(42n).buffer),
    );
    const config = { warmup: [{ id: { file: "warmup/id.bin", shape: [1] } }] };
    expect(reasonOf(await serve(onlyFortyTwo(), config))).toBe("");
  });

  it("is said not to run when it does not, while the model serves", async () => {
    const engine = await serve(windows(), { warmup: [{ picture: [[[[1]]]] }] });
    expect(engine.whyNotReady()).toBeUndefined();
    expect(reasonOf(engine)).toMatch(
      /^An example of config\.json's warmup does not run\. With warmup\[0\]: /,
    );
  });

  it.each([
    [{ nothing: [1] }, "config.json: warmup[0]: warmup[0].nothing is no input of the graph."],
    [{ id: ["a"] }, `config.json: warmup[0]: warmup[0].id[0] is "a", which is not a whole number`],
    [
      { id: { file: "../id.json" } },
      "config.json: warmup[0]: The file '../id.json' must lie in the model's folder.",
    ],
    [
      { id: { file: "missing.json" } },
      "config.json: warmup[0]: The file 'missing.json' cannot be read (ENOENT).",
    ],
  ])("names what is wrong with it: %j", async (example, reason) => {
    const engine = await serve(onlyFortyTwo(), { warmup: [example] });
    expect(engine.whyNotReady()).toContain(reason);
    expect(reasonOf(engine)).toContain(reason);
  });
});

describe("an output whose first dimension is not the batch", () => {
  const boxes = floats([1, 2, 4], [0, 0, 1, 1, 5, 5, 6, 6]);

  it.each([[undefined], [{ batched: true }]])("is answered whole, with config.json %j", async (config) => {
    const engine = await serve(detector(), config);
    const found = async (...scores: number[]): Promise<readonly number[] | undefined> =>
      (await ask(engine, { boxes, scores: floats([1, 1, 2], scores) })).outputs["found"]?.shape;
    expect(await found(0.9, 0.1)).toEqual([1, 3]);
    expect(await Promise.all([found(0.9, 0.8), found(0.9, 0.7), found(0.1, 0.1)])).toEqual([
      [2, 3],
      [2, 3],
      [0, 3],
    ]);
  });
});

describe("a run that does not end", () => {
  it("is ended, the model marked, and started anew", async () => {
    await repository.putModel("m", "1", endless());
    const engine = await repository.started({ runLimitSeconds: 1 });
    const going = ask(engine, { going: bool(true), input: floats([1], [3]) });
    await expect(going).rejects.toMatchObject({
      code: "deadline_exceeded",
      message: "A run took longer than 1 seconds, and was ended.",
    });
    const told = repository.log.find(({ message }) => message === "model version is being started again");
    expect(told?.fields).toMatchObject({ reason: "A run took longer than 1 seconds, and was ended." });
    await repository.hasLogged("model version serves again");
    const answer = await ask(engine, { going: bool(false), input: floats([1], [3]) });
    expect(answer.outputs["output"]?.data[0]).toBe(3);
  });
});

describe("a picture over which the runtime ends its process", () => {
  it("ends the model's own, which starts again", async () => {
    const engine = await serve(endsTheProcess());
    const picture = (side: number): Record<string, Tensor> => ({
      input: floats([1, 16, side, side], Array<number>(16 * side * side).fill(1)),
    });
    expect((await ask(engine, picture(9))).outputs["output"]?.shape).toEqual([1, 16, 4, 4]);
    const again = "model version serves again";
    const before = repository.log.filter(({ message }) => message === again).length;
    await expect(ask(engine, picture(1))).rejects.toMatchObject({ code: "internal" });
    await repository.hasLogged(again, before + 1);
    expect((await ask(engine, picture(9))).outputs["output"]?.shape).toEqual([1, 16, 4, 4]);
  });
});

describe("free dimensions", () => {
  it("may be bounded in config.json, by name or by input and axis", async () => {
    const engine = await serve(grows(), { dimensions: { length: 4 } });
    expect((await ask(engine, { input: floats([1, 4], [1, 2, 3, 4]) })).outputs["output"]?.shape).toEqual([
      1, 1, 4,
    ]);
    await expect(ask(engine, { input: floats([1, 5], [1, 2, 3, 4, 5]) })).rejects.toMatchObject({
      code: "invalid_input",
      message: "Input 'input' is 5 long in dimension 1; the model takes at most 4.",
    });
    const other = await serve(windows(), { dimensions: { "picture.2": 8 } });
    await expect(
      ask(other, { picture: floats([1, 1, 9, 1], Array<number>(9).fill(0)) }),
    ).rejects.toMatchObject({
      code: "invalid_input",
    });
  });

  it("must be the graph's", async () => {
    expect(reasonOf(await serve(grows(), { dimensions: { width: 4 } }))).toBe(
      "config.json: dimensions.width: the graph has no such free dimension; it has N, length.",
    );
  });

  it("that would take too much memory are refused before they run, and larger batches are made smaller", async () => {
    await repository.putModel("m", "1", grows());
    // 12 MB a row of 1000.
    const engine = await repository.started({ runLimitBytes: 50e6 });
    const row = (length: number, rows = 1): Record<string, Tensor> => ({
      input: floats([rows, length], Array<number>(rows * length).fill(1)),
    });
    await expect(ask(engine, row(5000))).rejects.toMatchObject({
      code: "too_large",
      message: expect.stringMatching(
        /^To run, an input of this shape needs at least 0\.3 GB; MAX_RUN_BYTES is 0\.1 GB\.$/,
      ) as string,
    });
    const results = await Promise.all(Array.from({ length: 8 }, () => ask(engine, row(1000))));
    expect(Math.max(...results.map(({ batchRows }) => batchRows))).toBe(4);
    expect((await ask(engine, row(1000, 10))).outputs["output"]?.shape).toEqual([10, 1, 1000]);
  });

  it("count in a request that runs whole too, rows among them", async () => {
    await repository.putModel("m", "1", likeness());
    const engine = await repository.started({ runLimitBytes: 50e6 });
    const rows = (count: number): Record<string, Tensor> => ({
      input: floats([count, 4], Array<number>(count * 4).fill(1)),
    });
    expect((await ask(engine, rows(1000))).outputs["likeness"]?.shape).toEqual([1000, 1000]);
    await expect(ask(engine, rows(5000))).rejects.toMatchObject({ code: "too_large" });
  });
});
