import { afterEach, expect, it } from "vitest";
import { sumOfRow } from "../../../models/index.js";
import { brightIn, quadrants, quadrantsConfig } from "../../../models/pictures.js";
import { ServiceFixture } from "../../inference/service-fixture.js";
import { ResultsFixture, type Page } from "../results-fixture.js";

let results: ResultsFixture;
let inference: ServiceFixture;
afterEach(async () => {
  await inference.stop();
  await results.stop();
});

it.each(["batch", "binary"])(
  "what the inference service tells in the format %s is understood",
  async (format) => {
    results = await ResultsFixture.start({
      API_KEYS: "send",
      ADMIN_API_KEYS: "read",
      RESULTS_PAYLOAD_DAYS: "1",
    });
    inference = await ServiceFixture.start(
      async (repository) => {
        await repository.putModel("quadrants", "1", quadrants());
        await repository.putConfig("quadrants", quadrantsConfig);
        await repository.putModel("sum", "3", sumOfRow());
      },
      {
        EVENTS_URL: results.url("/v1/events"),
        EVENTS_FORMAT: format,
        EVENTS_PAYLOADS: "all",
        EVENTS_API_KEY: "send",
      },
      { defaultModel: "quadrants" },
    );
    const picture = { "content-type": "application/octet-stream", "x-request-id": "drawn" };
    const answer = await inference.post("/predict", brightIn(2), picture);
    const { predictions } = (await answer.json()) as {
      predictions: [{ label: string; probability: number }];
    };
    const inputs = [{ name: "features", datatype: "FP32", shape: [2, 3], data: [1, 2, 4, 0, 0, 1] }];
    await inference.post("/v2/models/sum/infer", { inputs }, { "x-request-id": "sums" });
    const kept = async (): Promise<Page["results"]> => {
      const response = await results.get("/v1/results?payloads=true", { headers: { "x-api-key": "read" } });
      return ((await response.json()) as Page).results;
    };
    await expect.poll(async () => (await kept()).length, { timeout: 10_000 }).toBe(3);
    const byId = new Map((await kept()).map((result) => [result["id"], result]));
    expect(byId.get("drawn")).toMatchObject({
      model: "quadrants",
      version: "1",
      label: predictions[0].label,
      exchange: "drawn",
    });
    expect(byId.get("drawn")?.["probability"]).toBeCloseTo(predictions[0].probability, 5);
    expect(byId.get("drawn")?.["requestedAt"]).toBeDefined();
    expect(byId.get("sums/0")).toMatchObject({ model: "sum", version: "3", value: 15, input: { inputs } });
    expect(byId.get("sums/1")).toMatchObject({ value: 3 });
  },
);
