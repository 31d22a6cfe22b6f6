import { afterEach, expect, it } from "vitest";
import { slow } from "../../models/index.js";
import { ServiceFixture } from "./service-fixture.js";

let service: ServiceFixture;
afterEach(() => service.stop());

/** Some 0.1 s for 20 layers, alone on a core. */
const LAYERS = 200;

it("a canary that is slow costs no request its answer: stable has half of the time", async () => {
  service = await ServiceFixture.start(async (repository) => {
    await repository.putModel("s", "1", slow(1, 8));
    await repository.putModel("s", "2", slow(LAYERS));
    const traffic = { stable: 0, canary: 100 };
    await repository.putConfig("s", { maxBatchSize: 1, labels: { stable: "1", canary: "2" }, traffic });
  });
  const began = performance.now();
  await service.post("/predict?version=2", { instances: [[1]] });
  // Half of it is too little for the canary, on whatever machine.
  const headers = { "request-timeout-ms": String(Math.ceil(1.2 * (performance.now() - began))) };
  // One runs on the canary; the others wait for it, or are refused by it at once.
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => service.post("/predict", { instances: [[1]] }, headers)),
  );
  expect(answers.map((answer) => [answer.status, answer.headers.get("x-model-version")])).toEqual(
    answers.map(() => [200, "1"]),
  );
  const [canary] = (await service.engine.traffic("s")).filter(({ version }) => version === "2");
  expect(canary).toMatchObject({ fallbacks: 20 });
  expect(canary?.errors).toBe(20);
}, 120_000);
