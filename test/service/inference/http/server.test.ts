import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { brightIn, quadrants, quadrantsConfig } from "../../../models/pictures.js";
import { ServiceFixture } from "../service-fixture.js";
import { RawClient } from "../../server/http/raw-client.js";

const LIMIT = 50_000;
let service: ServiceFixture;

beforeAll(async () => {
  service = await ServiceFixture.start(
    async (repository) => {
      await repository.putModel("quadrants", "1", quadrants());
      await repository.putConfig("quadrants", quadrantsConfig);
    },
    { MAX_BODY_BYTES: String(LIMIT), BODY_TIMEOUT_SECONDS: "1", LOG_LEVEL: "debug" },
  );
});
afterAll(() => service.stop());

const OCTETS = { "content-type": "application/octet-stream" };
const pixels = brightIn(0);
function predict(headers: Record<string, string> = {}, body: Uint8Array = pixels): Promise<Response> {
  return service.post("/predict", body, { ...OCTETS, ...headers });
}

function head(length: number | string, path = "/predict"): string {
  return `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\nContent-Length: ${length}\r\n\r\n`;
}

describe("routes", () => {
  it("answers 404 for a path that is not there, and says so in JSON", async () => {
    for (const path of ["/nothing", "/v2/nothing", "/predict/more", "/v2/models/a/b/c", "/%ff"]) {
      const response = await service.get(path);
      expect([path, response.status]).toEqual([path, 404]);
      expect(await response.json()).toMatchObject({ code: "not_found" });
    }
  });

  it.each([
    ["GET", "/predict", "POST"],
    ["PUT", "/v2/models/quadrants/infer", "POST"],
    ["DELETE", "/v1/models/quadrants:predict", "POST"],
    ["POST", "/livez", "GET, HEAD"],
    ["POST", "/v2/models/quadrants", "GET, HEAD"],
    ["GET", "/v2/repository/index", "POST"],
  ])("answers 405 for %s %s, and allows %s", async (method, path, allowed) => {
    const response = await service.get(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe(allowed);
    expect(await response.json()).toMatchObject({ code: "method_not_allowed" });
  });

  it("answers HEAD without a body", async () => {
    const response = await service.get("/livez", { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });

  it("reaches no file outside the page's folder", async () => {
    for (const path of [
      "/../package.json",
      "/..%2fpackage.json",
      "/%2e%2e/package.json",
      "/....//package.json",
    ]) {
      const client = await RawClient.connect(service.port);
      client.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
      expect(await client.closed()).toMatch(/^HTTP\/1.1 40[034]/);
    }
  });

  it("sends pages with headers that keep them to themselves", async () => {
    const { headers } = await service.get("/", { headers: { accept: "text/html" } });
    expect(headers.get("content-security-policy")).toContain("default-src 'self'");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-powered-by")).toBeNull();
  });
});

describe("bodies", () => {
  it.each([
    ["gzip", gzipSync],
    ["GZip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
  ])("are read when %s compresses them", async (encoding, compress) => {
    expect((await predict({ "content-encoding": encoding }, compress(pixels))).status).toBe(200);
  });

  it("that inflate past the limit are refused", async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000));
    expect(bomb.length).toBeLessThan(LIMIT);
    const response = await predict({ "content-encoding": "gzip" }, bomb);
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: "too_large" });
    expect((await predict()).status).toBe(200);
  });

  it("that are not what their encoding says are refused", async () => {
    expect((await predict({ "content-encoding": "gzip" })).status).toBe(400);
    expect((await predict({ "content-encoding": "zip" })).status).toBe(415);
    expect((await predict({ "content-encoding": "gzip" }, gzipSync(pixels).subarray(0, 12))).status).toBe(
      400,
    );
  });

  it("that are too large are refused, and the connection ends", async () => {
    const client = await RawClient.connect(service.port);
    client.send(head(LIMIT + 1));
    await client.until(/ 413 .*MAX_BODY_BYTES \(50000\)/s);
    // What is sent all the same is thrown away, so that it does not take the answer away from the client.
    client.send(Buffer.alloc(LIMIT));
    expect(await client.closed()).toMatch(/Connection: close/i);
    expect((await predict()).status).toBe(200);
  });

  it("in chunks are counted too", async () => {
    const client = await RawClient.connect(service.port);
    client.send(
      "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    for (let sent = 0; sent <= LIMIT; sent += 0x1000) {
      client.send(`1000\r\n${"x".repeat(0x1000)}\r\n`);
    }
    await client.until(/ 413 /);
    expect(await client.closed()).toMatch(/Connection: close/i);
  });

  it("that never end are answered with 408", async () => {
    const client = await RawClient.connect(service.port);
    client.send(head(16));
    client.send(pixels.subarray(0, 8));
    expect(await client.closed()).toMatch(
      /^HTTP\/1.1 408 .*within BODY_TIMEOUT_SECONDS \(1\).*"code":"request_timeout"/s,
    );
    expect((await predict()).status).toBe(200);
  });

  it("whose client goes away harm nobody", async () => {
    const client = await RawClient.connect(service.port);
    client.send(head(16));
    client.send(pixels.subarray(0, 8));
    client.close();
    expect((await predict()).status).toBe(200);
  });
});

describe("what is no HTTP", () => {
  it.each<[string, string, RegExp]>([
    ["garbage", "\x16\x03\x01\x02\r\n\r\n", / 400 .*not a valid HTTP/s],
    ["a length that is none", head("many"), / 400 /],
    ["two lengths", head("16\r\nContent-Length: 17"), / 400 /],
    [
      "endless headers",
      `GET / HTTP/1.1\r\nX: ${"x".repeat(100_000)}\r\n\r\n`,
      / 431 .*headers are too large/s,
    ],
  ])("%s gets an error and the next request is served", async (_, bytes, expected) => {
    const client = await RawClient.connect(service.port);
    client.send(bytes);
    expect(await client.closed()).toMatch(expected);
    expect((await predict()).status).toBe(200);
  });
});

describe("request ids and traces", () => {
  it("are taken over, or made", async () => {
    const given = await predict({ "x-request-id": "abc-123" });
    expect(given.headers.get("x-request-id")).toBe("abc-123");
    for (const forged of ["x".repeat(200), "a b", '{"level":"error"}']) {
      const made = (await predict({ "x-request-id": forged })).headers.get("x-request-id");
      expect(made).toMatch(/^[0-9a-f]{24}-[0-9a-f]+$/);
    }
    expect((await service.get("/nothing")).headers.get("x-request-id")).not.toBeNull();
  });

  it("are in the log, with the trace of the client", async () => {
    const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    await predict({ "x-request-id": "logged", traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
    // A later answer means that the line of the earlier request has been written.
    await predict();
    const line = service.log.find((each) => each.includes('"requestId":"logged"')) ?? "{}";
    expect(JSON.parse(line)).toMatchObject({ traceId, method: "POST", route: "/predict", status: 200 });
  });
});

describe("deadlines", () => {
  it("must be numbers", async () => {
    for (const name of ["request-timeout-ms", "x-envoy-expected-rq-timeout-ms"]) {
      const response = await predict({ [name]: "soon" });
      expect([response.status, await response.json()]).toMatchObject([400, { path: name }]);
      expect((await predict({ [name]: "5000" })).status).toBe(200);
    }
  });
});
