import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { add, sumOfRow, textClassifier } from "../../../models/index.js";
import { brightIn, quadrants, quadrantsConfig } from "../../../models/pictures.js";
import { ServiceFixture } from "../service-fixture.js";

let service: ServiceFixture;

beforeAll(async () => {
  service = await ServiceFixture.start(async (repository) => {
    await repository.putModel("quadrants", "1", quadrants());
    await repository.putModel("quadrants", "2", quadrants());
    const versions = { policy: "all" };
    await repository.putConfig("quadrants", { ...quadrantsConfig, versions, labels: { stable: "1" } });
    await repository.putModel("add", "1", add());
    await repository.putModel("sum", "1", sumOfRow());
    await repository.putModel("text", "1", textClassifier());
  });
});
afterAll(() => service.stop());

async function predict(path: string, body: unknown): Promise<unknown> {
  return (await service.post(`/v1/models/${path}:predict`, body)).json();
}

const pixels = Array.from(brightIn(1), (pixel) => pixel / 255);
function near(...values: number[]): unknown[] {
  return values.map((value) => expect.closeTo(value, 3) as number);
}

describe("POST /v1/models/{model}:predict", () => {
  it("answers rows with predictions", async () => {
    const scores = near(0.017, 0.948, 0.017, 0.017);
    for (const path of ["quadrants", "quadrants/versions/2", "quadrants/labels/stable"]) {
      expect(await predict(path, { instances: [pixels, pixels] })).toEqual({ predictions: [scores, scores] });
    }
    expect(
      await predict("sum", {
        instances: [
          [1, 2],
          [3, 4],
        ],
      }),
    ).toEqual({ predictions: [[7], [15]] });
    expect(await predict("text", { instances: [["bad", "awful"]] })).toEqual({
      predictions: [near(0.998, 0.002)],
    });
  });

  it("names the values where there are several inputs and outputs", async () => {
    const row = { a: [1, 2, 3, 4], b: [4, 3, 2, 1] };
    const expected = { sum: [5, 5, 5, 5], difference: [-3, -1, 1, 3] };
    expect(await predict("add", { instances: [row, row] })).toEqual({ predictions: [expected, expected] });
  });

  it("answers columns with outputs", async () => {
    expect(await predict("sum", { inputs: [[1, 2]] })).toEqual({ outputs: [[7]] });
    expect(await predict("add", { inputs: { a: [[1, 2, 3, 4]], b: [[0, 0, 0, 1]] } })).toEqual({
      outputs: { sum: [[1, 2, 3, 5]], difference: [[1, 2, 3, 3]] },
    });
  });

  it("refuses with a path", async () => {
    const rows = [
      { a: [1, 2, 3, 4], b: [4, 3, 2, 1] },
      { a: [1, 2, 3, "4"], b: [4, 3, 2, 1] },
    ];
    expect(await predict("add", { instances: rows })).toMatchObject({
      code: "invalid_input",
      path: "instances[1].a[3]",
    });
    expect(await predict("add", { instances: [[1, 2, 3, 4]] })).toMatchObject({ code: "invalid_input" });
    expect(await predict("nobody", { instances: rows })).toMatchObject({ code: "model_not_found" });
  });
});

describe("GET /v1/models", () => {
  const get = async (path: string): Promise<unknown> => (await service.get(`/v1/models${path}`)).json();

  it("lists the models and the state of their versions", async () => {
    expect(await get("")).toEqual({
      models: expect.arrayContaining(["add", "quadrants", "sum", "text"]) as string[],
    });
    const status = { error_code: "OK", error_message: "" };
    const one = { version: "1", state: "AVAILABLE", status, labels: ["stable"], traffic: 100 };
    const two = { version: "2", state: "AVAILABLE", status };
    expect(await get("/quadrants")).toEqual({
      name: "quadrants",
      ready: true,
      model_version_status: expect.arrayContaining([one, two]) as object[],
    });
    expect(await get("/quadrants/versions/2")).toMatchObject({ model_version_status: [two] });
    expect(await get("/quadrants/labels/stable")).toMatchObject({ model_version_status: [one] });
    expect(await get("/nobody")).toMatchObject({ code: "model_not_found" });
  });

  it("tells a model's signature", async () => {
    const dim = [
      { size: "-1", name: "" },
      { size: "16", name: "" },
    ];
    expect(await get("/quadrants/labels/stable/metadata")).toMatchObject({
      model_spec: { name: "quadrants", version: "1" },
      metadata: {
        signature_def: {
          signature_def: {
            serving_default: {
              inputs: { pixels: { dtype: "DT_FLOAT", tensor_shape: { dim } } },
              method_name: "tensorflow/serving/predict",
            },
          },
        },
      },
    });
  });
});

describe("GET /", () => {
  // What Chromium sends, and what KServe's client does.
  it("is the page for browsers and KServe's liveness for programs", async () => {
    const get = (accept: string): Promise<Response> => service.get("/", { headers: { accept } });
    const page = await get("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
    expect(page.headers.get("content-type")).toContain("text/html");
    const live = await get("*/*");
    expect(await live.json()).toEqual({ status: "alive" });
    expect([page, live].map(({ headers }) => headers.get("vary"))).toEqual(["Accept", "Accept"]);
  });
});
