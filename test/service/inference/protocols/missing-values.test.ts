import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { identity } from "../../../models/index.js";
import { brightIn, quadrants, quadrantsConfig } from "../../../models/pictures.js";
import { ServiceFixture } from "../service-fixture.js";

let service: ServiceFixture;

beforeAll(async () => {
  service = await ServiceFixture.start(async (repository) => {
    await repository.putModel("FP16", "1", identity("FLOAT16"));
    await repository.putModel("FP32", "1", identity("FLOAT"));
    await repository.putModel("FP64", "1", identity("DOUBLE"));
    await repository.putModel("INT32", "1", identity("INT32"));
    await repository.putModel("INT64", "1", identity("INT64"));
    await repository.putModel("BYTES", "1", identity("STRING"));
    await repository.putModel("quadrants", "1", quadrants());
    await repository.putConfig("quadrants", quadrantsConfig);
  });
});
afterAll(() => service.stop());

/** A row's text as each protocol sends it. */
const PROTOCOLS = {
  predict: (model: string, row: string) => [`/predict?model=${model}`, `{"instances":[[${row}]]}`],
  v1: (model: string, row: string) => [`/v1/models/${model}:predict`, `{"instances":[[${row}]]}`],
  columns: (model: string, row: string) => [`/v1/models/${model}:predict`, `{"inputs":[[${row}]]}`],
  v2: (model: string, row: string) => [
    `/v2/models/${model}/infer`,
    `{"inputs":[{"name":"input","datatype":"${model}","shape":[1,3],"data":[${row}]}]}`,
  ],
} as const;
type Protocol = keyof typeof PROTOCOLS;

interface Answer {
  readonly error?: string;
  readonly path?: string;
  readonly predictions?: unknown[][];
  readonly outputs?: unknown[][] | [{ readonly data: unknown[] }];
}

/** The answer to a row, and the row that comes back. */
async function send(
  protocol: Protocol,
  model: string,
  row: string,
  query = "",
): Promise<{ status: number; answer: Answer; row: unknown }> {
  const [path = "", body] = PROTOCOLS[protocol](model, row);
  const response = await service.post(path + (path.includes("?") ? query.replace("?", "&") : query), body, {
    "content-type": "application/json",
  });
  const answer = (await response.json()) as Answer;
  const first = (answer.predictions ?? answer.outputs)?.[0];
  return { status: response.status, answer, row: first && "data" in first ? first.data : first };
}

const protocols = Object.keys(PROTOCOLS) as Protocol[];

describe.each(protocols)("missing values in %s", (protocol) => {
  it.each(["FP16", "FP32", "FP64"])("are taken and given back as %s", async (model) => {
    for (const row of [
      "null,Infinity,-Infinity",
      "NaN, Infinity , -Infinity",
      '"NaN","Infinity","-Infinity"',
    ]) {
      expect(await send(protocol, model, row)).toMatchObject({ status: 200, row: [null, null, null] });
      expect(await send(protocol, model, row, "?nan=string")).toMatchObject({
        status: 200,
        row: ["NaN", "Infinity", "-Infinity"],
      });
    }
    expect(await send(protocol, model, "1.5,null,-2")).toMatchObject({ row: [1.5, null, -2] });
  });

  it.each(["INT32", "INT64", "BYTES"])("are refused as %s, with the place", async (model) => {
    const one = model === "BYTES" ? '"1"' : "1";
    for (const value of ["null", "NaN", "Infinity", "-Infinity", ...(model === "BYTES" ? [] : ['"NaN"'])]) {
      const { status, answer } = await send(protocol, model, `${one},${one},${value}`);
      expect(status).toBe(400);
      expect(answer.path).toMatch(
        protocol === "v2" ? /^inputs\[0\]\.data\[2\]$/ : /^(instances|inputs)\[0\]\[2\]$/,
      );
      expect(answer.error).toContain(answer.path);
      expect(answer.error).toContain(`is ${value}, which is not`);
    }
  });

  it("refuse another ?nan= than null and string", async () => {
    expect(await send(protocol, "FP32", "1,2,3", "?nan=null")).toMatchObject({ status: 200 });
    expect(await send(protocol, "FP32", "1,2,3", "?nan=bare")).toMatchObject({
      status: 400,
      answer: { path: "nan" },
    });
  });
});

it("a picture's model that answers no numbers spoils no metric", async () => {
  const row = Array.from(brightIn(0), (_, index) => (index === 3 ? "NaN" : "0")).join();
  const answer = await (
    await service.post("/predict?model=quadrants", `{"instances":[[${row}]]}`, {
      "content-type": "application/json",
    })
  ).json();
  expect(answer).toMatchObject({ predictions: [{ probability: null }] });
  const metrics = await (await service.get("/metrics")).text();
  expect(metrics).not.toMatch(/prediction_confidence.*nan/i);
});
