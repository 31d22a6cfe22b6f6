import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { quadrants, quadrantsConfig } from "../../../models/pictures.js";
import { ServiceFixture } from "../service-fixture.js";

let service: ServiceFixture;
beforeAll(async () => {
  service = await ServiceFixture.start(async (repository) => {
    await repository.putModel("quadrants", "1", quadrants());
    await repository.putConfig("quadrants", quadrantsConfig);
  });
});
afterAll(() => service.stop());

const LONG = "x".repeat(3000);
const INFER = "/v2/models/quadrants/infer";
const input = { name: LONG, shape: [1, 4, 4], datatype: "FP32", data: new Array(16).fill(0) };
const known = { ...input, name: "image" };

describe("an error repeats at most 100 characters of", () => {
  it.each<[string, string, unknown, Record<string, string>?]>([
    ["a model's name", `/v2/models/${LONG}/infer`, { inputs: [known] }],
    ["a model's name in the query", `/predict?model=${LONG}`, { instances: [[1]] }],
    ["a version", `/v2/models/quadrants/versions/${LONG}/infer`, { inputs: [known] }],
    ["a label", `/v1/models/quadrants/labels/${LONG}:predict`, { instances: [[1]] }],
    ["an input's name", INFER, { inputs: [input] }],
    [
      "many inputs' names",
      INFER,
      { inputs: Array.from("abcdefgh", (at) => ({ ...input, name: at + LONG })) },
    ],
    ["an input's name beside the right one", INFER, { inputs: [known, input] }],
    ["an input's name that comes twice", INFER, { inputs: [input, input] }],
    ["an output's name", INFER, { inputs: [known], outputs: [{ name: LONG }] }],
    [
      "an output's name that comes twice",
      INFER,
      { inputs: [known], outputs: [{ name: LONG }, { name: LONG }] },
    ],
    ["a datatype", INFER, { inputs: [{ ...known, datatype: LONG }] }],
    ["a parameter's name", INFER, { inputs: [known], parameters: { [LONG]: [] } }],
    ["a parameter's name of an input", INFER, { inputs: [{ ...known, parameters: { [LONG]: {} } }] }],
    ["a value", "/predict", { instances: [[LONG]] }],
    ["a value's name", "/predict", { instances: [{ [LONG]: 1 }] }],
    ["a column's name", "/predict", { inputs: { [LONG]: [1] } }],
    ["a body that is no JSON", "/predict", LONG, { "content-type": "application/json" }],
    [
      "a number",
      "/predict",
      `{"instances": [[1e${"9".repeat(3000)}]]}`,
      { "content-type": "application/json" },
    ],
    ["a Content-Type", "/predict", LONG, { "content-type": `application/${LONG}` }],
    ["a Content-Encoding", "/predict", LONG, { "content-encoding": LONG }],
    ["a deadline", "/predict", { instances: [[1]] }, { "request-timeout-ms": LONG }],
    ["a length", INFER, LONG, { "inference-header-content-length": LONG }],
    ["a path", `/${LONG}`, {}],
    ["a path with a percent sign", `/${LONG}%zz`, {}],
  ])("%s", async (_, path, body, headers) => {
    const response = await service.post(path, body, headers);
    const text = await response.text();
    expect(response.status, text).toBeGreaterThanOrEqual(400);
    const { error, path: at = "" } = JSON.parse(text) as { error: string; path?: string };
    for (const said of [error, at]) {
      expect(said.match(/[x9]/g)?.length ?? 0).toBeLessThanOrEqual(110);
      expect(said.length).toBeLessThan(400);
    }
  });
});
