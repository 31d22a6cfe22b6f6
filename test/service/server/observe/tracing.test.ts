import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTracing, type Tracing } from "#service/server/observe/tracing.js";
import { brightIn, quadrants, quadrantsConfig } from "../../../models/pictures.js";
import { ServiceFixture } from "../../inference/service-fixture.js";

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: { key: string; value: object }[];
  readonly status: { code?: number };
}

interface Export {
  readonly resourceSpans: { scopeSpans: { spans: Span[] }[]; resource: { attributes: object[] } }[];
}

/** A collector as far as the exporter needs one. */
let collector: Server;
const received: { path: string | undefined; body: Export }[] = [];
const lost: unknown[] = [];
let status = 200;
let tracing: Tracing;
let service: ServiceFixture;

beforeAll(async () => {
  collector = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      received.push({ path: request.url, body: JSON.parse(body) as Export });
      response.writeHead(status, { "content-type": "application/json" }).end("{}");
    });
  }).listen(0, "127.0.0.1");
  await once(collector, "listening");
});
afterAll(() => collector.close());

beforeEach(async () => {
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/`;
  const onLost = (reason: unknown) => lost.push(reason);
  tracing = await createTracing({ endpoint, service: { name: "traced", version: "1.2.3" }, onLost });
  service = await ServiceFixture.start(
    async (repository) => {
      await repository.putModel("quadrants", "1", quadrants());
      await repository.putConfig("quadrants", quadrantsConfig);
    },
    {},
    {},
    tracing,
  );
});

describe("traces", () => {
  it("have a span for each request, under the client's, with the time in queue and model", async () => {
    const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    const predict = (flags: string): Promise<Response> =>
      service.post("/predict", brightIn(0), {
        "content-type": "application/octet-stream",
        traceparent: `00-${traceId}-00f067aa0ba902b7-${flags}`,
      });
    await predict("01");
    await predict("00");
    await service.get("/nothing");
    // Spans are made when responses are closed; a stopped server has closed all of them.
    await service.stop();
    await tracing.stop();

    expect(received.map(({ path }) => path)).toEqual(["/v1/traces"]);
    const [{ scopeSpans = [], resource = { attributes: [] } } = {}] = received[0]?.body.resourceSpans ?? [];
    expect(resource.attributes).toContainEqual({ key: "service.name", value: { stringValue: "traced" } });
    const spans = scopeSpans.flatMap((scope) => scope.spans);
    const named = (name: string): Span[] => spans.filter((span) => span.name === name);

    // The second request's client does not sample: one span, not two.
    const [request, ...more] = named("POST /predict");
    expect(more).toEqual([]);
    expect(request).toMatchObject({ traceId, parentSpanId: "00f067aa0ba902b7" });
    expect(request?.attributes).toContainEqual({
      key: "http.response.status_code",
      value: { intValue: 200 },
    });
    for (const name of ["queue", "compute"]) {
      expect(named(name)).toMatchObject([{ traceId, parentSpanId: request?.spanId }]);
    }

    const [unmatched] = named("GET unmatched");
    expect(unmatched?.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(unmatched?.traceId).not.toBe(traceId);
    expect(lost).toEqual([]);
  });

  it("that the collector does not take are lost, and the service stops as ever", async () => {
    status = 400;
    await service.get("/nothing");
    await service.stop();
    await tracing.stop();
    expect(lost).toHaveLength(1);
  });
});
