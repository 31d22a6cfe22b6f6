import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { floats, model, node, value } from "#service/onnx/build.js";
import { encodeModel } from "#service/onnx/write-model.js";
import { anyRank, runningIfTold, withDefaults, withList, zipMapped } from "../../../models/index.js";
import { ServiceFixture } from "../service-fixture.js";

let service: ServiceFixture;

const THREADED = { concurrentRuns: 2 };

beforeAll(async () => {
  service = await ServiceFixture.start(async (repository) => {
    for (const [name, file] of [
      ["rank", anyRank()],
      ["defaults", withDefaults()],
      ["running", runningIfTold()],
      ["words", zipMapped(["sun", "rain", "snow"])],
      ["numbers", zipMapped([3, 5, 7])],
      ["distances", zipMapped(["sun", "rain", "snow"], true)],
      ["list", withList()],
      ["named", zipMapped(["sun", "rain", "snow"])],
    ] as const) {
      await repository.putModel(name, "1", file);
      await repository.putModel(`${name}-threaded`, "1", file);
      await repository.putConfig(`${name}-threaded`, THREADED);
    }
    const postprocess = { kind: "classification", output: "scores", scores: "probabilities", top: 1 };
    await repository.putConfig("named", { postprocess: { ...postprocess, labels: ["A", "B", "C"] } });
    await repository.putModel("beside", "1", weightsBeside());
    await mkdir(join(repository.root, "beside", "1"), { recursive: true });
    await writeFile(
      join(repository.root, "beside", "1", "weights.bin"),
      Buffer.from(Float32Array.of(1, 0, 0, 0, 2, 0, 0, 0, 3).buffer),
    );
  });
});
afterAll(() => service.stop());

/** `output` [N, 3] = `input` [N, 3] x a matrix in another file x `factor` [1], 1 by default. */
function weightsBeside(): Uint8Array {
  const weights = floats("weights", [3, 3], []);
  const entries = { location: "weights.bin", offset: "0", length: "36" };
  return encodeModel(
    model({
      name: "beside",
      nodes: [node("MatMul", ["input", "weights"], ["made"]), node("Mul", ["made", "factor"], ["output"])],
      inputs: [value("input", "FLOAT", ["N", 3]), value("factor", "FLOAT", [1])],
      outputs: [value("output", "FLOAT", ["N", 3])],
      initializers: [{ ...weights, data: { kind: "external", entries } }, floats("factor", [1], [1])],
    }),
  );
}

async function post(path: string, body: unknown): Promise<unknown> {
  const response = await service.post(path, body);
  const answer = (await response.json()) as { path?: string };
  return response.status === 200 ? answer : [response.status, answer.path];
}

async function predict(model: string, body: unknown): Promise<unknown> {
  const answer = (await post(`/predict?model=${model}`, body)) as {
    predictions?: unknown;
    outputs?: unknown;
  };
  return answer.predictions ?? answer.outputs ?? answer;
}

async function infer(model: string, inputs: Record<string, [number[], number[]]>): Promise<unknown> {
  const answer = (await post(`/v2/models/${model}/infer`, {
    inputs: Object.entries(inputs).map(([name, [shape, data]]) => ({ name, datatype: "FP32", shape, data })),
  })) as { outputs?: { data: unknown; shape: unknown }[] };
  return answer.outputs?.map(({ data, shape }) => [shape, data]) ?? answer;
}

async function metadata(path: string): Promise<unknown> {
  return (await service.get(path)).json();
}

describe.each(["", "-threaded"])("inputs of any rank%s", (where) => {
  const name = `rank${where}`;

  it("take every shape, in every protocol", async () => {
    for (const [given, made] of [
      [
        [1, 2],
        [-1, -2],
      ],
      [
        [
          [1, 2],
          [3, 4],
        ],
        [
          [-1, -2],
          [-3, -4],
        ],
      ],
      [[[[1]]], [[[-1]]]],
      [
        [[], []],
        [[], []],
      ],
    ]) {
      expect(await predict(name, { instances: given })).toEqual(made);
      expect(await post(`/v1/models/${name}:predict`, { inputs: given })).toEqual({ outputs: made });
    }
    expect(await post(`/v1/models/${name}:predict`, { inputs: { input: 5 } })).toEqual({ outputs: -5 });
    expect(await infer(name, { input: [[], [5]] })).toEqual([[[], [-5]]]);
    expect(
      await infer(name, {
        input: [
          [2, 1, 1],
          [5, 6],
        ],
      }),
    ).toEqual([
      [
        [2, 1, 1],
        [-5, -6],
      ],
    ]);
  });

  it("are said to be so", async () => {
    expect(await metadata(`/v2/models/${name}`)).toMatchObject({ inputs: [{ name: "input", shape: [-1] }] });
    expect(await metadata(`/v1/models/${name}/metadata`)).toMatchObject({
      metadata: {
        signature_def: {
          signature_def: { serving_default: { inputs: { input: { tensor_shape: { unknown_rank: true } } } } },
        },
      },
    });
  });
});

describe.each(["", "-threaded"])("inputs with a default%s", (where) => {
  const name = `defaults${where}`;
  const rows = [
    [1, 1, 1],
    [2, 2, 2],
  ];
  const made = [
    [3, 4, 5],
    [5, 6, 7],
  ];
  const other = [
    [10, 10, 10],
    [20, 20, 20],
  ];

  it("may be left out", async () => {
    expect(await predict(name, { instances: rows })).toEqual(made);
    expect(await predict(name, { inputs: rows })).toEqual(made);
    expect(await predict(name, { instances: rows.map((input) => ({ input })) })).toEqual(made);
    expect(await predict(name, { inputs: { input: rows } })).toEqual(made);
    expect(await infer(name, { input: [[2, 3], rows.flat()] })).toEqual([[[2, 3], made.flat()]]);
  });

  it("may be given", async () => {
    const given = { factor: [10], offset: [0, 0, 0] };
    expect(await predict(name, { instances: rows.map((input) => ({ input, ...given })) })).toEqual(other);
    expect(await predict(name, { inputs: { input: rows, ...given } })).toEqual(other);
    expect(await post(`/v1/models/${name}:predict`, { inputs: { input: rows, ...given } })).toEqual({
      outputs: other,
    });
    const inputs = { offset: [[3], [0, 0, 0]], input: [[2, 3], rows.flat()], factor: [[1], [10]] } as const;
    expect(await infer(name, inputs as never)).toEqual([[[2, 3], other.flat()]]);
    expect(await predict(name, { inputs: { input: rows, factor: [0] } })).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    expect(await predict(name, { instances: rows })).toEqual(made);
  });

  it("are checked", async () => {
    const row = { input: [1, 1, 1] };
    const instances = [
      { ...row, factor: [1] },
      { ...row, factor: [2] },
    ];
    expect(await predict(name, { instances })).toEqual([400, "instances[1].factor"]);
    expect(await predict(name, { instances: [row, { ...row, factor: [2] }] })).toEqual([
      400,
      "instances[1].factor",
    ]);
    expect(await predict(name, { inputs: { ...row, factor: [1, 2] } })).toEqual([400, "inputs.factor"]);
    expect(
      await infer(name, {
        input: [
          [1, 3],
          [1, 1, 1],
        ],
        factor: [[2], [1, 1]],
      }),
    ).toEqual([400, "inputs[1].shape"]);
    expect(await infer(name, { factor: [[1], [1]] })).toEqual([400, "inputs"]);
  });

  it("are named in the metadata", async () => {
    expect(await metadata(`/v2/models/${name}/config`)).toMatchObject({
      max_batch_size: 32,
      input: [
        { name: "factor", dims: [1], optional: true },
        { name: "input", dims: [3] },
        { name: "offset", dims: [3], optional: true },
      ],
    });
  });

  it("never reach the requests of others", async () => {
    const answers = await Promise.all(
      Array.from({ length: 48 }, (_, index) =>
        predict(name, { inputs: { input: [[index, 0, 0]], ...(index % 3 === 0 && { factor: [index] }) } }),
      ),
    );
    const expected = Array.from({ length: 48 }, (_, index) => [
      [index * (index % 3 === 0 ? index : 2) + 1, 2, 3],
    ]);
    expect(answers).toEqual(expected);
  });

  it("keep a request whole when given, for rows may touch then", async () => {
    const input = Array.from({ length: 70 }, () => [1, 0]);
    const sums = input.map((_, index) => [index + 1, 0]);
    expect(await predict(`running${where}`, { inputs: { input } })).toEqual(input);
    expect(await predict(`running${where}`, { inputs: { input, running: 1 } })).toEqual(sums);
  });
});

it("weights in a file beside a model that is changed on loading are found", async () => {
  expect(await predict("beside", { instances: [[1, 1, 1]] })).toEqual([[1, 2, 3]]);
  expect(await predict("beside", { inputs: { input: [[1, 1, 1]], factor: [2] } })).toEqual([[2, 4, 6]]);
});

describe.each(["", "-threaded"])("a classifier with a ZipMap%s", (where) => {
  const near = (...values: number[]): unknown[] => values.map((value) => expect.closeTo(value, 4) as number);
  const scores = near(0.0024, 0.0473, 0.9503);

  it("answers its scores", async () => {
    for (const name of ["words", "numbers"]) {
      expect(
        await infer(name + where, {
          input: [
            [2, 3],
            [0, 3, 6, 9, 9, 9],
          ],
        }),
      ).toEqual([
        [[2], [2, 0]],
        [
          [2, 3],
          [...scores, ...near(1 / 3, 1 / 3, 1 / 3)],
        ],
      ]);
      expect(await post(`/v1/models/${name}${where}:predict`, { instances: [[0, 3, 6]] })).toEqual({
        predictions: [{ label: 2, scores }],
      });
    }
  });

  it.each([
    ["words", "snow", "rain", "sun"],
    ["numbers", "7", "5", "3"],
  ])("and its labels: %s", async (name, ...labels) => {
    const top = labels.map((label, index) => ({ label, probability: scores[2 - index] }));
    expect(await predict(name + where, { instances: [[0, 3, 6]] })).toEqual([{ ...top[0], top }]);
  });

  it("answers distances as numbers, which are no probabilities", async () => {
    expect(await predict(`distances${where}`, { instances: [[-1, 3, 6]] })).toEqual([
      { label: 2, scores: [-1, 3, 6] },
    ]);
  });
});

it("an output that is a list is left out, and the index says so", async () => {
  expect(
    await infer("list", {
      input: [
        [1, 3],
        [1, 2, 3],
      ],
    }),
  ).toEqual([
    [
      [1, 3],
      [1, 2, 3],
    ],
  ]);
  const index = (await (await service.get("/v2/repository/index", { method: "POST" })).json()) as {
    name: string;
    reason: string;
  }[];
  expect(index.find(({ name }) => name === "list")).toMatchObject({
    state: "READY",
    reason: "Output 'list' is left out, for it is no tensor.",
  });
});

it("config.json's labels come before those of a ZipMap", async () => {
  expect(await predict("named", { instances: [[0, 3, 6]] })).toMatchObject([{ label: "C" }]);
});
