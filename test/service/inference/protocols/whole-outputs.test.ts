import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { manyOutputs, onlyTotal } from "../../../models/index.js";
import { ServiceFixture } from "../service-fixture.js";

let service: ServiceFixture;

beforeAll(async () => {
  service = await ServiceFixture.start(async (repository) => {
    await repository.putModel("many", "1", manyOutputs());
    await repository.putModel("total", "1", onlyTotal());
  });
});
afterAll(() => service.stop());

async function post(path: string, body: unknown): Promise<unknown> {
  const response = await service.post(path, body);
  const answer: unknown = await response.json();
  expect(response.status, JSON.stringify(answer)).toBe(200);
  return answer;
}

/** Two rows: as many as the state has layers, and as there are places of what is not zero. */
const two = [
  [1, 0],
  [0, 4],
];
const others = {
  state: [two, two],
  total: 5,
  found: [
    [0, 0],
    [1, 1],
  ],
};

describe("outputs whose first dimension is not the batch", () => {
  it("are whole in /predict, beside the predictions", async () => {
    const model = { model: "many", version: "1" };
    for (const body of [{ instances: two }, { inputs: two }, { inputs: { input: two } }]) {
      expect(await post("/predict?model=many", body)).toEqual({
        ...model,
        predictions: two,
        outputs: others,
      });
    }
    expect(await post("/predict?model=many", { instances: [[3, 0]] })).toEqual({
      ...model,
      predictions: [[3, 0]],
      outputs: { state: [[[3, 0]], [[3, 0]]], total: 3, found: [[0, 0]] },
    });
  });

  it("stand alone in /predict where there are no others", async () => {
    expect(await post("/predict?model=total", { instances: two })).toEqual({
      model: "total",
      version: "1",
      outputs: { total: 5 },
    });
  });

  it("make TensorFlow Serving's answer one in columns", async () => {
    const outputs = { same: two, ...others };
    expect(await post("/v1/models/many:predict", { instances: two })).toEqual({ outputs });
    expect(await post("/v1/models/many:predict", { inputs: two })).toEqual({ outputs });
    expect(await post("/v1/models/total:predict", { instances: two })).toEqual({ outputs: 5 });
  });

  it("are whole in V2", async () => {
    const inputs = [{ name: "input", datatype: "FP32", shape: [2, 2], data: two }];
    expect(await post("/v2/models/many/infer", { inputs })).toMatchObject({
      outputs: [
        { name: "same", shape: [2, 2], data: two.flat() },
        { name: "state", shape: [2, 2, 2], data: [...two, ...two].flat() },
        { name: "total", shape: [], data: [5] },
        { name: "found", shape: [2, 2], data: [0, 0, 1, 1] },
      ],
    });
  });
});
