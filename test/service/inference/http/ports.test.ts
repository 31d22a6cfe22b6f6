import { afterEach, describe, expect, it } from "vitest";
import { brightIn, quadrants, quadrantsConfig } from "../../../models/pictures.js";
import { ServiceFixture } from "../service-fixture.js";

let service: ServiceFixture | undefined;
afterEach(() => service?.stop());

async function start(environment: Record<string, string>): Promise<ServiceFixture> {
  service = await ServiceFixture.start(async (repository) => {
    await repository.putModel("quadrants", "1", quadrants());
    await repository.putConfig("quadrants", quadrantsConfig);
  }, environment);
  return service;
}

/** The administrator's routes, by method and path; the last two change what serves, and change it back. */
const ADMINISTRATION = [
  ["GET", "/metrics"],
  ["HEAD", "/metrics"],
  ["POST", "/v2/repository/index"],
  ["POST", "/v2/repository/models/quadrants/unload"],
  ["POST", "/v2/repository/models/quadrants/load"],
] as const;

const octets = { "content-type": "application/octet-stream" };
const HEALTH = ["/livez", "/readyz", "/v2/health/live", "/v2/health/ready"];

/** Statuses of the administrator's routes on a port. */
async function statuses(port: number, headers: Record<string, string> = {}): Promise<Set<number>> {
  const answers = [];
  for (const [method, path] of ADMINISTRATION) {
    answers.push((await fetch(`http://127.0.0.1:${port}${path}`, { method, headers })).status);
  }
  return new Set(answers);
}

describe("with a port for administrators", () => {
  it("they are answered there, and nowhere else", async () => {
    const { port, adminPort } = await start({ ADMIN_PORT: "0" });
    expect(adminPort).not.toBe(port);
    expect(await statuses(adminPort)).toEqual(new Set([200]));
    expect(await statuses(port)).toEqual(new Set([404]));
  });

  it("callers are told where what they look for is, and nothing happens", async () => {
    const running = await start({ ADMIN_PORT: "0" });
    const response = await running.post("/v2/repository/models/quadrants/unload", {});
    expect(await response.json()).toEqual({
      code: "not_found",
      error: "This path is the administrator's: the port ADMIN_PORT alone answers it.",
    });
    expect((await running.post("/predict", brightIn(0), octets)).status).toBe(200);
  });

  it("both ports tell how the server is, and what they answer", async () => {
    const running = await start({ ADMIN_PORT: "0" });
    for (const path of HEALTH) {
      expect([path, (await running.get(path)).status]).toEqual([path, 200]);
      expect([path, (await running.administer(path)).status]).toEqual([path, 200]);
    }
    const described = async (answer: Promise<Response>): Promise<string[]> =>
      Object.keys(((await (await answer).json()) as { paths: object }).paths);
    const callers = await described(running.get("/openapi.json"));
    const administrators = await described(running.administer("/openapi.json"));
    expect(callers).toContain("/predict");
    expect(callers.filter((path) => /metrics|repository/.test(path))).toEqual([]);
    expect(administrators).toEqual(expect.arrayContaining(["/metrics", "/v2/repository/index", "/readyz"]));
    expect((await running.administer("/docs")).status).toBe(200);
  });

  it("the administrators' has no predictions, models or page", async () => {
    const running = await start({ ADMIN_PORT: "0" });
    for (const path of ["/predict", "/v2/models/quadrants/infer", "/v2", "/", "/app.js", "/v1/models"]) {
      expect([path, (await running.administer(path)).status]).toEqual([path, 404]);
    }
  });

  it("callers' keys do not open it, and administrators' do not open callers' port to administration", async () => {
    const { port, adminPort } = await start({ ADMIN_PORT: "0", API_KEYS: "caller", ADMIN_API_KEYS: "ops" });
    expect(await statuses(adminPort)).toEqual(new Set([401]));
    expect(await statuses(adminPort, { "x-api-key": "caller" })).toEqual(new Set([403]));
    expect(await statuses(adminPort, { "x-api-key": "ops" })).toEqual(new Set([200]));
    expect(await statuses(port, { "x-api-key": "ops" })).toEqual(new Set([404]));
  });
});

describe("with one port", () => {
  it("on loopback everybody on the machine administrates", async () => {
    const { port } = await start({});
    expect(await statuses(port)).toEqual(new Set([200]));
  });

  it("on loopback with keys for callers, nobody does", async () => {
    const { port } = await start({ API_KEYS: "caller" });
    expect(await statuses(port)).toEqual(new Set([403]));
    expect(await statuses(port, { "x-api-key": "caller" })).toEqual(new Set([403]));
  });

  it("that others reach, nobody does without a key for it", async () => {
    const running = await start({ HOST: "0.0.0.0" });
    expect(await statuses(running.port)).toEqual(new Set([403]));
    const response = await running.post("/v2/repository/models/quadrants/unload", {});
    expect(await response.text()).toMatch(/ADMIN_PORT.*"code":"forbidden"/);
    expect((await running.post("/predict", brightIn(0), octets)).status).toBe(200);
  });

  it("that others reach, a key for it opens it", async () => {
    const { port } = await start({ HOST: "0.0.0.0", ADMIN_API_KEYS: "ops" });
    expect(await statuses(port)).toEqual(new Set([401]));
    expect(await statuses(port, { authorization: "Bearer ops" })).toEqual(new Set([200]));
  });
});
