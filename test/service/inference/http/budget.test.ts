import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { brightIn, quadrants, quadrantsConfig } from "../../../models/pictures.js";
import { ServiceFixture } from "../service-fixture.js";
import { RawClient } from "../../server/http/raw-client.js";

const BUDGET = 800_000;
const BODY = 200_000;
let service: ServiceFixture;

beforeAll(async () => {
  service = await ServiceFixture.start(
    async (repository) => {
      await repository.putModel("quadrants", "1", quadrants());
      await repository.putConfig("quadrants", quadrantsConfig);
    },
    { MAX_BODY_BYTES: String(BODY), MAX_BYTES_IN_FLIGHT: String(BUDGET) },
  );
});
afterAll(() => service.stop());

const clients: RawClient[] = [];
afterEach(() => clients.splice(0).forEach((client) => client.close()));

async function send(text: string | Uint8Array, count: number): Promise<RawClient[]> {
  const sent = await Promise.all(Array.from({ length: count }, () => RawClient.connect(service.port)));
  clients.push(...sent);
  sent.forEach((client) => client.send(text));
  return sent;
}

async function held(): Promise<number> {
  const text = await (await service.get("/metrics")).text();
  return Number(/^http_bytes_in_flight (\d+)/m.exec(text)?.[1]);
}

function head(headers: string): string {
  return `POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n${headers}\r\n\r\n`;
}

const upload = Buffer.concat([Buffer.from(head(`Content-Length: ${BODY}`)), Buffer.alloc(BODY - 1)]);

/** A body in chunks of one byte. */
const drops = head("Transfer-Encoding: chunked") + "1\r\nx\r\n".repeat(20_000);

function bomb(encoding: string, bytes: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(head(`Content-Encoding: ${encoding}\r\nContent-Length: ${bytes.length + 1}`)),
    bytes,
  ]);
}

async function predictAnswers(): Promise<void> {
  const response = await service.post("/predict", brightIn(0), {
    "content-type": "application/octet-stream",
  });
  expect(response.status).toBe(200);
}

describe("the bytes that all requests hold", () => {
  it.each<[string, string | Uint8Array]>([
    ["uploads that do not end", upload],
    ["uploads in drops", drops],
    ["gzip bodies that inflate", bomb("gzip", gzipSync(Buffer.alloc(BODY)))],
  ])("are bounded for %s", async (_, request) => {
    const sent = await send(request, 60);
    await vi.waitFor(() => {
      const refused = sent.filter(({ received }) => received.includes(" 503 "));
      expect(refused.length).toBeGreaterThan(25);
    }, 20_000);
    expect(await held()).toBeLessThanOrEqual(BUDGET);
    const [refused] = sent.filter(({ received }) => received.includes(" 503 "));
    expect(refused?.received).toMatch(/^Retry-After: 1\r$/m);
    expect(refused?.received).toMatch(/MAX_BYTES_IN_FLIGHT \(800000\).*"code":"memory_full"/);
    sent.forEach((client) => client.close());
    await vi.waitFor(async () => expect(await held()).toBe(0), { timeout: 5000 });
    await predictAnswers();
  });

  it("are given back for a request behind another on a connection that breaks off", async () => {
    const [client] = await send(Buffer.concat([upload, Buffer.from("x"), upload]), 1);
    await vi.waitFor(async () => expect(await held()).toBeGreaterThan(0));
    client?.close();
    await vi.waitFor(async () => expect(await held()).toBe(0), { timeout: 5000 });
  });

  it("are counted for what JSON becomes, and what never fits is 413", async () => {
    const numbers = JSON.stringify({ instances: [new Array(90_000).fill(0)] });
    const response = await service.post("/predict", numbers, { "content-type": "application/json" });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({
      code: "too_large",
      error: expect.stringContaining("MAX_BYTES_IN_FLIGHT (800000 bytes)") as string,
    });
    expect(await held()).toBe(0);
  });
});
