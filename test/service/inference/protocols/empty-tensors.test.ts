import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { identity, noInputs } from "../../../models/index.js";
import { ServiceFixture } from "../service-fixture.js";

let service: ServiceFixture;

beforeAll(async () => {
  service = await ServiceFixture.start(async (repository) => {
    await repository.putModel("table", "1", identity("FLOAT", ["N", "L"]));
    await repository.putModel("boxes", "1", identity("FLOAT", ["N", "K", 4]));
    await repository.putModel("alone", "1", identity("FLOAT", ["N", "K", 4]));
    await repository.putConfig("alone", { batched: false });
    await repository.putModel("none", "1", noInputs());
  });
});
afterAll(() => service.stop());

async function post(path: string, body: unknown): Promise<unknown> {
  const response = await service.post(path, body);
  const answer: unknown = await response.json();
  return response.status === 200 ? answer : [response.status, (answer as { path?: string }).path];
}

function v2(model: string, shape: number[], data: unknown): Promise<unknown> {
  return post(`/v2/models/${model}/infer`, { inputs: [{ name: "input", datatype: "FP32", shape, data }] });
}

describe("lists that hold nothing", () => {
  it.each(["table", "boxes", "alone"])("are rows without values for %s", async (model) => {
    const answer = { model, version: "1", predictions: [[], []] };
    expect(await post(`/predict?model=${model}`, { instances: [[], []] })).toEqual(answer);
    expect(await post(`/predict?model=${model}`, { inputs: [[], []] })).toEqual(answer);
    expect(await post(`/predict?model=${model}`, { instances: [{ input: [] }, { input: [] }] })).toEqual(
      answer,
    );
    expect(await post(`/v1/models/${model}:predict`, { instances: [[], []] })).toEqual({
      predictions: [[], []],
    });
    expect(await post(`/v1/models/${model}:predict`, { inputs: [[], []] })).toEqual({ outputs: [[], []] });
  });

  it("are what the shape says in V2, nested or flat", async () => {
    for (const data of [[], [[], []]]) {
      expect(await v2("table", [2, 0], data)).toMatchObject({ outputs: [{ shape: [2, 0], data: [] }] });
      expect(await v2("boxes", [2, 0, 4], data)).toMatchObject({ outputs: [{ shape: [2, 0, 4], data: [] }] });
    }
    expect(await v2("alone", [0, 3, 4], [])).toMatchObject({ outputs: [{ shape: [0, 3, 4], data: [] }] });
  });

  it("are no rows where a model takes none together", async () => {
    expect(await post("/v1/models/alone:predict", { inputs: [] })).toEqual({ outputs: [] });
    expect(await post("/v1/models/boxes:predict", { inputs: [] })).toEqual([400, "inputs[0].shape"]);
  });

  it("are refused where values are missing", async () => {
    expect(await v2("table", [2, 3], [[], []])).toEqual([400, "inputs[0].data"]);
    expect(await v2("boxes", [3, 0, 4], [[], []])).toEqual([400, "inputs[0].data"]);
    expect(await v2("table", [2, 0], [[], [1]])).toEqual([400, "inputs[0].data[1]"]);
    expect(await post("/predict?model=table", { instances: [[], [1]] })).toEqual([400, "instances[1]"]);
    expect(await post("/predict?model=boxes", { instances: [[[]], [[]]] })).toEqual([400, "instances"]);
  });
});

describe("a model without inputs", () => {
  const outputs = { constant: [1, 2], number: 7 };

  it("answers in every protocol", async () => {
    for (const body of [{ inputs: {} }, { instances: [{}] }]) {
      expect(await post("/predict?model=none", body)).toEqual({ model: "none", version: "1", outputs });
      expect(await post("/v1/models/none:predict", body)).toEqual({ outputs });
    }
    expect(await post("/v2/models/none/infer", { inputs: [] })).toMatchObject({
      outputs: [
        { name: "constant", data: [1, 2] },
        { name: "number", shape: [], data: [7] },
      ],
    });
  });

  it("takes none", async () => {
    expect(await post("/predict?model=none", { instances: [1] })).toEqual([400, undefined]);
    expect(await post("/predict?model=none", { inputs: { x: [1] } })).toEqual([400, "inputs.x"]);
    const inputs = [{ name: "x", datatype: "FP32", shape: [1], data: [1] }];
    expect(await post("/v2/models/none/infer", { inputs })).toEqual([400, "inputs[0].name"]);
  });
});
