import { afterEach, describe, expect, it } from "vitest";
import { EventSender } from "#service/inference/events/event-sender.js";
import type { EventTarget } from "#service/inference/events/post-events.js";
import type { Prediction } from "#service/inference/events/prediction-event.js";
import { EventConsumer, type Post } from "./event-consumer.js";

let consumer: EventConsumer;
const warnings: object[] = [];
const log = {
  info: () => undefined,
  warn: (fields: object) => void warnings.push(fields),
  error: () => undefined,
};

afterEach(() => {
  consumer.stop();
  warnings.length = 0;
});

async function senderTo(target: Partial<EventTarget> = {}): Promise<EventSender> {
  consumer = await EventConsumer.start();
  return new EventSender(
    { url: consumer.url, format: "batch", ...target },
    { source: "/ai-model-service/pod-1", namespace: "ai" },
    log,
  );
}

function prediction(id: string, more: Partial<Prediction> = {}): Prediction {
  const scores = { datatype: "FP32", shape: [2, 2], data: Float32Array.of(0.25, 0.75, 1, 0) } as const;
  return {
    id,
    time: Date.UTC(2026, 0, 2),
    model: 'a"b',
    version: "3",
    postprocess: {
      kind: "classification",
      output: "scores",
      labels: ["cat", "dog"],
      scores: "probabilities",
      top: 1,
    },
    inputs: undefined,
    outputs: { scores },
    ...more,
  };
}

async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 500 && !isSo(); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(isSo()).toBe(true);
}

describe("events of predictions", () => {
  it("go together in one body, in KServe's types, with the labels", async () => {
    const sender = await senderTo({ apiKey: "k-1" });
    const inputs = { x: { datatype: "INT64", shape: [1], data: BigInt64Array.of(2n ** 60n) } } as const;
    sender.offer(prediction("one", { inputs }));
    sender.offer(prediction("two"));
    await until(() => sender.counts.sent === 2);

    expect(consumer.posts).toHaveLength(1);
    const [{ headers, body }] = consumer.posts as [Post];
    expect(headers).toMatchObject({
      "content-type": "application/cloudevents-batch+json",
      authorization: "Bearer k-1",
    });
    expect(body).toContain(`[${String(2n ** 60n)}]`);
    const events = JSON.parse(body) as Record<string, unknown>[];
    expect(events.map(({ id, type }) => [id, type])).toEqual([
      ["one", "org.kubeflow.serving.inference.request"],
      ["one", "org.kubeflow.serving.inference.response"],
      ["two", "org.kubeflow.serving.inference.response"],
    ]);
    expect(events[2]).toEqual({
      specversion: "1.0",
      id: "two",
      source: "/ai-model-service/pod-1",
      type: "org.kubeflow.serving.inference.response",
      time: "2026-01-02T00:00:00.000Z",
      datacontenttype: "application/json",
      inferenceservicename: 'a"b',
      namespace: "ai",
      component: "predictor",
      endpoint: "3",
      data: {
        id: "two",
        model_name: 'a"b',
        model_version: "3",
        outputs: [{ name: "scores", datatype: "FP32", shape: [2, 2], data: [0.25, 0.75, 1, 0] }],
        predictions: [
          { label: "dog", probability: 0.75 },
          { label: "cat", probability: 1 },
        ],
      },
    });
  });

  it("go one by one with their attributes as headers, for KServe's consumers", async () => {
    const sender = await senderTo({ format: "binary" });
    sender.offer(prediction("one", { model: "m" }));
    await until(() => sender.counts.sent === 1);
    expect(consumer.posts[0]?.headers).toMatchObject({
      "ce-id": "one",
      "ce-specversion": "1.0",
      "ce-type": "org.kubeflow.serving.inference.response",
      "ce-inferenceservicename": "m",
      "ce-endpoint": "3",
      "content-type": "application/json",
    });
    expect(JSON.parse(consumer.posts[0]?.body ?? "")).toMatchObject({ model_name: "m" });
  });

  it("leave out outputs that are too large, and say so", async () => {
    const sender = await senderTo();
    const scores = { datatype: "FP32", shape: [1, 2], data: Float32Array.of(1, 0) } as const;
    const map = { datatype: "FP32", shape: [1, 99_999], data: new Float32Array(99_999) } as const;
    sender.offer(prediction("large", { outputs: { map, scores } }));
    await until(() => sender.counts.sent === 1);
    const [{ data }] = JSON.parse(consumer.posts[0]?.body ?? "") as [{ data: object }];
    expect(data).toMatchObject({
      outputs: [],
      parameters: { outputs_left_out: true },
      predictions: [{ label: "cat" }],
    });
  });

  it("go in bodies that a consumer takes, however large they are", async () => {
    const sender = await senderTo();
    const map = { datatype: "FP32", shape: [1, 16_000], data: new Float32Array(16_000).fill(1 / 3) } as const;
    for (let index = 0; index < 100; index += 1) {
      sender.offer(prediction(String(index), { outputs: { map } }));
    }
    await until(() => sender.counts.sent === 100);
    expect(consumer.posts.length).toBeGreaterThan(5);
    expect(Math.max(...consumer.posts.map(({ body }) => body.length))).toBeLessThan(16 * 2 ** 20);
  });

  it("are sent again until they are taken, and the log says it once", async () => {
    const sender = await senderTo();
    consumer.status = 503;
    sender.offer(prediction("kept"));
    await until(() => consumer.posts.length >= 2);
    expect(sender.waiting).toBe(1);
    consumer.status = 200;
    await until(() => sender.counts.sent === 1);
    expect(sender.waiting).toBe(0);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({ reason: "It answered 503: noted" });
  });

  it("are refused once and for all where the consumer says that they are wrong", async () => {
    const sender = await senderTo();
    consumer.status = 400;
    sender.offer(prediction("wrong"));
    await until(() => sender.counts.refused === 1);
    expect(consumer.posts).toHaveLength(1);
  });

  it("wait in a bounded queue; what finds it full is dropped and counted", async () => {
    const sender = await senderTo();
    consumer.isSilent = true;
    for (let index = 0; index < 30_000; index += 1) {
      sender.offer(prediction(String(index)));
    }
    expect(sender.waiting).toBeLessThanOrEqual(10_000);
    expect(sender.counts.dropped).toBeGreaterThanOrEqual(20_000);

    const large = { datatype: "FP32", shape: [1, 2 ** 20], data: new Float32Array(2 ** 20) } as const;
    const another = new EventSender(
      { url: consumer.url, format: "batch" },
      { source: "/s", namespace: "ai" },
      log,
    );
    for (let index = 0; index < 100; index += 1) {
      another.offer(prediction(String(index), { outputs: { large } }));
    }
    expect(another.waiting * 2 ** 22).toBeLessThanOrEqual(32 * 2 ** 20);
  });

  it("that still wait when the process ends are told, and dropped where nobody answers", async () => {
    const sender = await senderTo();
    for (let index = 0; index < 450; index += 1) {
      sender.offer(prediction(String(index)));
    }
    await sender.stop();
    expect(sender.counts).toEqual({ sent: 450, dropped: 0, refused: 0 });

    sender.offer(prediction("late"));
    expect(sender.counts.dropped).toBe(1);

    const other = await senderTo();
    consumer.isSilent = true;
    other.offer(prediction("lost"));
    await other.stop();
    expect(other.counts).toEqual({ sent: 0, dropped: 1, refused: 0 });
  }, 15_000);
});
