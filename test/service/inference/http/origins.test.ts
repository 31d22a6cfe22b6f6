import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { brightIn, quadrants, quadrantsConfig } from "../../../models/pictures.js";
import { RawClient } from "../../server/http/raw-client.js";
import { ServiceFixture } from "../service-fixture.js";

const APP = "https://app.example.com";
let service: ServiceFixture;

beforeAll(async () => {
  service = await ServiceFixture.start(
    async (repository) => {
      await repository.putModel("quadrants", "1", quadrants());
      await repository.putConfig("quadrants", quadrantsConfig);
    },
    { CORS_ORIGINS: APP },
  );
});
afterAll(() => service.stop());

/** A request byte by byte, since clients write some of these headers themselves. */
async function raw(head: string, body: Uint8Array | string = ""): Promise<string> {
  const client = await RawClient.connect(service.port);
  const length = `Content-Length: ${body.length}\r\n`;
  client.send(`${head.replaceAll("\n", "\r\n")}\r\n${length}Connection: close\r\n\r\n`);
  client.send(body);
  return client.closed();
}

const OCTETS = "Content-Type: application/octet-stream";
function predict(...headers: string[]): Promise<string> {
  return raw(["POST /predict HTTP/1.1", "Host: localhost", OCTETS, ...headers].join("\n"), brightIn(0));
}

describe("a page of another origin", () => {
  it("predicts and changes nothing", async () => {
    const forms = ["Origin: https://evil.example", "Sec-Fetch-Site: cross-site", "Origin: null"];
    for (const header of forms) {
      expect(await predict(header)).toMatch(/^HTTP\/1.1 403 .*"code":"forbidden"/s);
      for (const action of ["load", "unload"]) {
        const head = `POST /v2/repository/models/quadrants/${action} HTTP/1.1\nHost: localhost\n${header}`;
        expect(await raw(head)).toMatch(/^HTTP\/1.1 403 /);
      }
    }
    expect(await predict()).toMatch(/^HTTP\/1.1 200 /);
  });

  it("may link here, and reads nothing", async () => {
    const answer = await raw("GET /v2 HTTP/1.1\nHost: localhost\nSec-Fetch-Site: cross-site");
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(answer).not.toMatch(/access-control/i);
  });

  it("is told before it sends that it may not", async () => {
    const asks = "Access-Control-Request-Method: POST";
    const head = `OPTIONS /predict HTTP/1.1\nHost: localhost\nOrigin: https://evil.example\n${asks}`;
    const answer = await raw(head);
    expect(answer).toMatch(/^HTTP\/1.1 403 /);
    expect(answer).not.toMatch(/access-control/i);
  });
});

describe("the server's own page", () => {
  it("predicts", async () => {
    expect(await predict("Origin: http://localhost", "Sec-Fetch-Site: same-origin")).toMatch(/ 200 OK/);
    expect(await predict("Origin: http://localhost")).toMatch(/ 200 OK/);
  });
});

describe("a page that the settings name", () => {
  it("asks ahead, and is told what it may send", async () => {
    const head = `OPTIONS /predict HTTP/1.1\nHost: localhost\nOrigin: ${APP}\nAccess-Control-Request-Method: POST`;
    const answer = await raw(`${head}\nAccess-Control-Request-Headers: content-type,x-api-key`);
    expect(answer).toMatch(/^HTTP\/1.1 204 /);
    expect(answer).toContain(`Access-Control-Allow-Origin: ${APP}\r\n`);
    expect(answer).toContain("Access-Control-Allow-Methods: POST\r\n");
    expect(answer).toMatch(/Access-Control-Allow-Headers: .*Content-Type.*X-API-Key/);
    expect(answer).toMatch(/^Vary: Origin\r$/m);
    expect(answer).not.toMatch(/^Content-Length/m);
  });

  it("predicts and reads the answer, and what went wrong", async () => {
    const origin = `Origin: ${APP}`;
    const good = await predict(origin, "Sec-Fetch-Site: cross-site");
    const bad = await raw(`POST /predict HTTP/1.1\nHost: localhost\n${origin}`, "{");
    expect(good).toMatch(/^HTTP\/1.1 200 /);
    expect(bad).toMatch(/^HTTP\/1.1 4/);
    for (const answer of [good, bad]) {
      expect(answer).toContain(`Access-Control-Allow-Origin: ${APP}\r\n`);
      expect(answer).toMatch(/Access-Control-Expose-Headers: .*Retry-After/);
      expect(answer).toMatch(/^Vary: Origin\r$/m);
    }
  });

  it("shares no cache with others", async () => {
    expect(await predict()).toMatch(/^Vary: Origin\r$/m);
    expect(await raw("GET /style.css HTTP/1.1\nHost: localhost")).toMatch(/^Vary: Origin, Accept\r$/m);
  });
});

it("a method that is not taken is answered as before to whoever does not ask as a browser", async () => {
  expect(await raw("OPTIONS /predict HTTP/1.1\nHost: localhost")).toMatch(/ 405 .*Allow: POST\r/s);
});

describe("a name that somebody gave to this machine", () => {
  it.each(["POST /predict", "GET /v2", "GET /livez", "GET /", "GET /nothing"])(
    "is not answered: %s",
    async (line) => {
      const answer = await raw(`${line} HTTP/1.1\nHost: evil.example:8000`);
      expect(answer).toMatch(/^HTTP\/1.1 403 .*"code":"forbidden"/s);
      expect(answer).not.toContain("evil");
    },
  );

  it("is not answered in the target either", async () => {
    const answer = await raw("GET http://evil.example/v2 HTTP/1.1\nHost: localhost");
    expect(answer).toMatch(/^HTTP\/1.1 403 /);
  });
});

describe("small print of HTTP", () => {
  it.each(["Host: localhost\nHost: localhost", "Host: localhost\nhOST: evil.example"])(
    "two Host lines are refused: %j",
    async (lines) => {
      expect(await raw(`GET /livez HTTP/1.1\n${lines}`)).toMatch(/^HTTP\/1.1 400 .*several Host headers/s);
      expect(await raw(`GET /docs HTTP/1.1\n${lines}`)).toMatch(/^HTTP\/1.1 400 .*several Host headers/s);
    },
  );

  it.each([
    ["GET", "http://localhost:8000/livez", 200],
    ["GET", "HTTP://localhost/v2?x=1", 200],
    ["GET", "http://localhost", 200],
    ["GET", "http://localhost?top=1", 200],
    ["GET", "http://localhost/docs", 200],
    ["GET", "http://localhost/v2/models/nothing", 404],
    ["GET", "http://localhost/nothing", 404],
  ])("a target may be named in full: %s %s", async (method, target, status) => {
    expect(await raw(`${method} ${target} HTTP/1.1\nHost: localhost`)).toMatch(
      new RegExp(`^HTTP/1.1 ${status} `),
    );
  });

  it("a target may be named in full where it is asked most", async () => {
    const head = (query: string): string =>
      `POST http://127.0.0.1/predict${query} HTTP/1.1\nHost: localhost\n${OCTETS}`;
    expect(await raw(head(""), brightIn(0))).toMatch(/ 200 OK/);
    expect(await raw(head("?top=0"), brightIn(0))).toMatch(/ 400 /);
    expect(await raw(head("?model=nothing"), brightIn(0))).toMatch(/ 404 /);
  });
});
