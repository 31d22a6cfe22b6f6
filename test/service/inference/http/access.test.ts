import { METRICS } from "@ai-model-service/contract/metrics";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { brightIn, quadrants, quadrantsConfig } from "../../../models/pictures.js";
import { ServiceFixture } from "../service-fixture.js";

let service: ServiceFixture;

beforeAll(async () => {
  service = await ServiceFixture.start(
    async (repository) => {
      await repository.putModel("quadrants", "1", quadrants());
      await repository.putConfig("quadrants", quadrantsConfig);
    },
    { API_KEYS: "first-key,second-key", ADMIN_API_KEYS: "admin-key" },
  );
});
afterAll(() => service.stop());

function metrics(): Promise<Response> {
  return service.get("/metrics", { headers: { "x-api-key": "admin-key" } });
}

function predict(headers: Record<string, string>): Promise<Response> {
  return service.post("/predict", brightIn(3), { "content-type": "application/octet-stream", ...headers });
}

describe("API keys", () => {
  it("open the API in either header", async () => {
    expect((await predict({ "x-api-key": "first-key" })).status).toBe(200);
    expect((await predict({ authorization: "Bearer second-key" })).status).toBe(200);
    expect((await service.get("/v2", { headers: { authorization: "bearer first-key" } })).status).toBe(200);
  });

  it.each([
    ["none", {}],
    ["a wrong one", { "x-api-key": "first-kez" }],
    ["a longer one", { "x-api-key": "first-key-and-more" }],
    ["both at once", { "x-api-key": "first-key,second-key" }],
    ["another scheme", { authorization: "Basic first-key" }],
  ])("keep out %s", async (_, headers) => {
    const response = await predict(headers);
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    expect(await response.json()).toMatchObject({ code: "unauthorized" });
    expect((await service.get("/v2/models/quadrants", { headers })).status).toBe(401);
  });

  it("are not asked for by probes and the page", async () => {
    for (const path of ["/livez", "/readyz", "/v2/health/live", "/v2/health/ready", "/docs"]) {
      expect([path, (await service.get(path)).status]).toEqual([path, 200]);
    }
  });
});

describe("/metrics", () => {
  const sample = async (name: string, labels: string): Promise<number> => {
    const text = await (await metrics()).text();
    const line = text.split("\n").find((each) => each.startsWith(name) && each.includes(labels));
    return Number(line?.split(" ").at(-1) ?? 0);
  };

  it("has every metric that the contract names", async () => {
    const text = await (await metrics()).text();
    for (const name of Object.values(METRICS)) {
      expect(text).toContain(`# TYPE ${name} `);
    }
    expect(text).toContain("process_resident_memory_bytes ");
    expect(text).toMatch(/ai_model_service_build_info\{version="\d+\.\d+\.\d+"\} 1/);
  });

  it("counts requests by route and code, never by a path that a client made up", async () => {
    const count = `${METRICS.httpRequestDuration}_count`;
    const before = await sample(count, 'route="/predict",code="200"');
    await (await predict({ "x-api-key": "first-key" })).text();
    await (await service.get("/made/up")).text();
    await (await service.get("/", { method: "PROPFIND" })).text();
    expect(await sample(count, 'route="/predict",code="200"')).toBe(before + 1);
    const text = await (await metrics()).text();
    expect(text).toContain('route="unmatched",code="404"');
    expect(text).not.toContain("made");
    expect(text).not.toContain("PROPFIND");
  });

  it("has the requests in flight: at least its own", async () => {
    expect(await sample(METRICS.httpRequestsInFlight, "")).toBeGreaterThanOrEqual(1);
  });

  it("counts predictions by label, and their confidence", async () => {
    const labels = 'model="quadrants",version="1"';
    const before = await sample(METRICS.predictions, 'label="bottom right"');
    const confident = await sample(`${METRICS.predictionConfidence}_bucket`, `${labels},le="0.9"`);
    await predict({ "x-api-key": "first-key" });
    expect(await sample(METRICS.predictions, 'label="bottom right"')).toBe(before + 1);
    // 0.948 is above the bucket that ends at 0.9 and within the one that ends at 0.95.
    expect(await sample(`${METRICS.predictionConfidence}_bucket`, `${labels},le="0.9"`)).toBe(confident);
    expect(await sample(`${METRICS.predictionConfidence}_bucket`, `${labels},le="0.95"`)).toBeGreaterThan(
      confident,
    );
  });
});
