import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ResultsFixture, type Fault, type Page } from "../results-fixture.js";

let service: ResultsFixture;
afterEach(() => service.stop());

/** As KServe's logger sends them. */
function headers(
  kind: "request" | "response",
  id: string,
  more: Record<string, string> = {},
): Record<string, string> {
  return {
    "ce-specversion": "1.0",
    "ce-id": id,
    "ce-source": "http://localhost:9081/",
    "ce-type": `org.kubeflow.serving.inference.${kind}`,
    "ce-time": kind === "request" ? "2026-01-31T12:00:00.100000Z" : "2026-01-31T12:00:00.250000Z",
    "ce-inferenceservicename": "flowers",
    "ce-namespace": "shop",
    "ce-component": "predictor",
    "ce-endpoint": "default",
    ...more,
  };
}

function event(kind: "request" | "response", id: string, data: unknown): object {
  const attributes = Object.entries(headers(kind, id)).map(([name, value]) => [name.slice(3), value]);
  return { ...Object.fromEntries(attributes), data } as object;
}

async function results(query = ""): Promise<Page["results"]> {
  return ((await (await service.get(`/v1/results${query}`)).json()) as Page).results;
}

describe("KServe's events", () => {
  beforeEach(async () => {
    service = await ResultsFixture.start({ RESULTS_PAYLOAD_DAYS: "1" });
  });

  it.each([["request", "response"] as const, ["response", "request"] as const])(
    "in binary mode make a result of a %s and then a %s",
    async (...order) => {
      const data = { request: { instances: [[1, 2]] }, response: { predictions: [[0.25, 0.75]] } };
      for (const kind of order) {
        const response = await service.post("/v1/events", data[kind], headers(kind, "x"));
        expect(await response.json()).toEqual(
          kind === "request" ? { received: 0, stored: 0 } : { received: 1, stored: 1 },
        );
      }
      expect(await results("?payloads=true")).toEqual([
        {
          id: "x",
          time: "2026-01-31T12:00:00.250Z",
          model: "flowers",
          label: "1",
          probability: 0.75,
          exchange: "x",
          requestedAt: "2026-01-31T12:00:00.100Z",
          respondedAt: "2026-01-31T12:00:00.250Z",
          input: data.request,
          output: data.response,
        },
      ]);
    },
  );

  it("come in structured mode, and in batches", async () => {
    const one = await service.post("/v1/events", event("response", "a", { predictions: ["7"] }), {
      "content-type": "application/cloudevents+json; charset=utf-8",
    });
    expect(await one.json()).toEqual({ received: 1, stored: 1 });
    const encoded = {
      ...event("response", "c", undefined),
      data_base64: Buffer.from('{"predictions":[4.5]}').toString("base64"),
    };
    const batch = [
      event("request", "b", {}),
      event("response", "b", { predictions: [3, 4] }),
      encoded,
      event("response", "a", {}),
    ];
    const many = await service.post("/v1/events", batch, {
      "content-type": "application/cloudevents-batch+json",
    });
    expect(await many.json()).toEqual({ received: 4, stored: 3 });
    expect((await results()).map(({ id, label, value }) => [id, label ?? value])).toEqual([
      ["c", 4.5],
      ["b/1", 4],
      ["b/0", 3],
      ["a", "7"],
    ]);
  });

  it("whose data is no JSON are results without a label", async () => {
    const response = await service.post("/v1/events", "bytes", {
      ...headers("response", "x", { "ce-subject": "person%20%C3%BC" }),
      "content-type": "application/octet-stream",
    });
    expect(response.status).toBe(200);
    expect(await results()).toMatchObject([{ id: "x", model: "flowers", subject: "person ü" }]);
    expect(await (await service.post("/v1/deletions", { subject: "person ü" })).json()).toEqual({
      deleted: 1,
    });
  });

  it.each<[Record<string, string>, string]>([
    [{ "ce-type": "org.example.other" }, "type"],
    [{ "ce-specversion": "0.3" }, "specversion"],
    [{ "ce-id": "" }, "id"],
    [{ "ce-time": "noon" }, "time"],
    [{ "ce-inferenceservicename": "" }, "inferenceservicename"],
  ])("with %j are refused by the attribute", async (more, path) => {
    const response = await service.post("/v1/events", {}, headers("response", "x", more));
    expect(response.status).toBe(400);
    expect(((await response.json()) as Fault).path).toBe(path);
  });

  it("of a batch are refused by their place", async () => {
    const batch = [event("request", "b", {}), { ...event("request", "c", {}), source: 4 }];
    const response = await service.post("/v1/events", batch, {
      "content-type": "application/cloudevents-batch+json",
    });
    expect(((await response.json()) as Fault).path).toBe("[1].source");
  });
});

describe("what events carry", () => {
  beforeEach(async () => {
    service = await ResultsFixture.start();
  });

  it("is not kept unless the settings ask for it", async () => {
    await service.post("/v1/events", { secret: 1 }, headers("request", "x"));
    await service.post("/v1/events", { predictions: [1], secret: 1 }, headers("response", "x"));
    const [result] = await results("?payloads=true");
    expect(result).toMatchObject({ id: "x", requestedAt: "2026-01-31T12:00:00.100Z" });
    expect(JSON.stringify(result)).not.toContain("secret");
  });
});
