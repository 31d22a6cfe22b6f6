import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { brightIn, quadrants, quadrantsConfig } from "../../../models/pictures.js";
import { RawClient } from "../../server/http/raw-client.js";
import { ServiceFixture } from "../service-fixture.js";

let folder: string;
let service: ServiceFixture;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keys-"));
  const file = join(folder, "keys.json");
  await writeFile(
    file,
    JSON.stringify([
      { name: "shop", key: "shop-key" },
      { name: "slow", key: "slow-key", requestsPerSecond: 0.1 },
      { name: "narrow", key: "narrow-key", concurrency: 1 },
      { name: "ops", key: "ops-key", role: "admin" },
    ]),
  );
  service = await ServiceFixture.start(
    async (repository) => {
      await repository.putModel("quadrants", "1", quadrants());
      await repository.putConfig("quadrants", quadrantsConfig);
    },
    { API_KEYS_FILE: file, ADMIN_PORT: "0", LOG_LEVEL: "debug" },
  );
});
afterAll(async () => {
  await service.stop();
  await rm(folder, { recursive: true });
});

function predict(key: string): Promise<Response> {
  return service.post("/predict", brightIn(0), {
    "content-type": "application/octet-stream",
    "x-api-key": key,
  });
}

async function metrics(): Promise<string> {
  return (await service.administer("/metrics", { headers: { "x-api-key": "ops-key" } })).text();
}

describe("a key of a file", () => {
  it("opens what its role may", async () => {
    expect([(await predict("shop-key")).status, (await predict("ops-key")).status]).toEqual([200, 200]);
    const response = await service.administer("/metrics", { headers: { "x-api-key": "shop-key" } });
    expect([response.status, await response.json()]).toMatchObject([403, { code: "forbidden" }]);
    expect((await service.administer("/metrics")).status).toBe(401);
  });

  it("has its name in the log and the metrics, and is itself in neither", async () => {
    const before = service.log.length;
    await (await predict("shop-key")).text();
    await (await predict("unknown-key")).text();
    const text = await metrics();
    const lines = service.log.slice(before).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).toMatchObject({ route: "/predict", status: 200, key: "shop" });
    expect(lines[1]).toMatchObject({ route: "/predict", status: 401 });
    expect(text).toMatch(/^api_key_requests_total\{key="shop",code="200"\} \d+$/m);
    expect(text).toMatch(/^api_key_requests_total\{key="shop",code="403"\} 1$/m);
    expect(`${text}${service.log.join()}`).not.toMatch(/-key/);
  });

  it("is bounded in requests a second, and said when to come again", async () => {
    expect((await predict("slow-key")).status).toBe(200);
    const response = await predict("slow-key");
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "10"]);
    expect(await response.json()).toEqual({
      code: "too_many_requests",
      error: "This API key has sent 0.1 requests a second, which is its limit.",
    });
    expect(await metrics()).toContain('api_key_requests_total{key="slow",code="429"} 1\n');
    expect((await predict("shop-key")).status).toBe(200);
  });

  it("is bounded in work in flight, until the answer or the client's end", async () => {
    const head =
      "POST /predict HTTP/1.1\r\nHost: localhost\r\nX-API-Key: narrow-key\r\n" +
      "Content-Type: application/octet-stream\r\nContent-Length: 16\r\n\r\n";
    for (const end of [
      (client: RawClient) => client.send(brightIn(0)),
      (client: RawClient) => client.close(),
    ]) {
      const client = await RawClient.connect(service.port);
      client.send(head);
      // That of whoever asks for the metrics is the other.
      await expect.poll(metrics).toContain("http_requests_in_flight 2\n");
      expect((await predict("narrow-key")).status).toBe(429);
      expect((await predict("narrow-key")).headers.get("retry-after")).toBe("1");
      end(client);
      await expect.poll(async () => (await predict("narrow-key")).status).toBe(200);
      client.close();
    }
  });
});
