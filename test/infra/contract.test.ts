import { PAGES, PATHS } from "@ai-model-service/contract/http";
import { afterAll, beforeAll, expect, it } from "vitest";

import { brightIn, quadrants, quadrantsConfig } from "../models/pictures.js";
import { ServiceFixture } from "../service/inference/service-fixture.js";

let service: ServiceFixture;

beforeAll(async () => {
  service = await ServiceFixture.start(async (repository) => {
    await repository.putModel("quadrants", "1", quadrants());
    await repository.putConfig("quadrants", quadrantsConfig);
  });
});
afterAll(() => service.stop());

it.each([PATHS.live, PATHS.ready, PATHS.metrics, PAGES.docs])("the service answers at %s", async (path) => {
  expect((await service.get(path)).status).toBe(200);
});

it("the service predicts where the program says", async () => {
  const octets = { "content-type": "application/octet-stream" };
  expect((await service.post(PATHS.predict, brightIn(2), octets)).status).toBe(200);
});
