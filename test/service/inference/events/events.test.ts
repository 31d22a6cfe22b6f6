import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sumOfRow } from "../../../models/index.js";
import { brightIn, quadrants, quadrantsConfig } from "../../../models/pictures.js";
import { ServiceFixture } from "../service-fixture.js";
import { EventConsumer } from "./event-consumer.js";

let service: ServiceFixture;
let consumer: EventConsumer;

interface Told {
  readonly id: string;
  readonly type: string;
  readonly data: { readonly inputs?: readonly object[]; readonly outputs?: readonly object[] };
}

beforeAll(async () => {
  consumer = await EventConsumer.start();
  service = await ServiceFixture.start(
    async (repository) => {
      await repository.putModel("quadrants", "1", quadrants());
      await repository.putConfig("quadrants", quadrantsConfig);
      await repository.putModel("sum", "3", sumOfRow());
    },
    { EVENTS_URL: consumer.url, EVENTS_PAYLOADS: "rows" },
    { defaultModel: "quadrants" },
  );
});
afterAll(async () => {
  await service.stop();
  consumer.stop();
});

/** What was told of a request. */
async function toldOf(id: string): Promise<Told[]> {
  for (let turn = 0; turn < 300; turn += 1) {
    const told = consumer.posts.flatMap(({ body }) => JSON.parse(body) as Told[]);
    if (told.some((event) => event.id === id)) {
      return told.filter((event) => event.id === id);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return [];
}

function ask(path: string, id: string, body: unknown): Promise<Response> {
  return service.post(path, body, { "x-request-id": id });
}

describe("with EVENTS_URL", () => {
  it("an answer is told with its request's id, whatever the protocol", async () => {
    const inputs = [{ name: "features", datatype: "FP32", shape: [1, 3], data: [1, 2, 4] }];
    await ask("/v2/models/sum/infer", "by-v2", { inputs });
    await ask("/v1/models/sum:predict", "by-v1", { instances: [[1, 2, 4]] });
    for (const id of ["by-v2", "by-v1"]) {
      const [request, response] = await toldOf(id);
      expect(request?.data.inputs).toEqual([expect.objectContaining({ datatype: "FP32", data: [1, 2, 4] })]);
      expect(response?.data).toMatchObject({ model_name: "sum", outputs: [{ data: [15] }] });
    }
  });

  it("pictures are not told, unless that is asked for", async () => {
    await service.post("/predict", brightIn(2), {
      "content-type": "application/octet-stream",
      "x-request-id": "picture",
    });
    const told = await toldOf("picture");
    expect(told.map(({ type }) => type)).toEqual(["org.kubeflow.serving.inference.response"]);
    expect(told[0]?.data).toMatchObject({ predictions: [{ label: "bottom left" }] });
  });

  it("a request that is refused is not told", async () => {
    expect((await ask("/predict", "refused", { instances: [[1]] })).status).toBe(400);
    await ask("/v1/models/sum:predict", "after", { instances: [[1, 2, 4]] });
    expect(await toldOf("after")).toHaveLength(2);
    expect(consumer.posts.some(({ body }) => body.includes('"refused"'))).toBe(false);
  });

  it("metrics count what became of events", async () => {
    const metrics = await (await service.get("/metrics")).text();
    expect(metrics).toMatch(/^inference_events_total\{outcome="sent"\} [1-9]/m);
    expect(metrics).toMatch(/^inference_events_waiting \d/m);
  });

  it("an address that takes nothing costs no request anything", async () => {
    consumer.isSilent = true;
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, index) =>
        ask("/v1/models/sum:predict", `silent-${index}`, { instances: [[1, 2, 4]] }),
      ),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    consumer.isSilent = false;
  });
});
