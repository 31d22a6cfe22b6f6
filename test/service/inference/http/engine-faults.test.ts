import { EventEmitter, once } from "node:events";
import type { Server } from "node:http";
import pino from "pino";
import { Registry } from "prom-client";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ServiceError } from "#service/server/errors.js";
import { Lifecycle } from "#service/server/life/lifecycle.js";
import { listen } from "#service/server/life/listen.js";
import type { Engine, InferenceRequest, ServedModel } from "#service/inference/engine/engine.js";
import { createService } from "#service/inference/create-service.js";
import { readKeys } from "#service/server/access/keys.js";
import { readSettings } from "#service/inference/settings.js";

const model: ServedModel = {
  name: "m",
  version: "1",
  config: {},
  inputs: [{ name: "x", datatype: "FP32", shape: [-1, 1] }],
  outputs: [{ name: "y", datatype: "FP32", shape: [-1, 1] }],
  batched: true,
  infer: unused,
};

function unused(): never {
  throw new Error("not part of this test");
}

type Behaviour = Partial<Engine> & Partial<Pick<ServedModel, "infer">>;

/** An engine in the states that a real one is in too shortly, or never, to be asked in. */
function engineThat({ infer = unused, ...behaviour }: Behaviour): Engine {
  const asked = { ...model, infer };
  return {
    start: unused,
    whyNotReady: () => undefined,
    resolve: () => asked,
    defaultModel: () => asked,
    index: () => [],
    statistics: () => [],
    follows: () => undefined,
    traffic: () => [],
    load: unused,
    unload: unused,
    stop: unused,
    ...behaviour,
  };
}

let server: Server | undefined;
const lines: string[] = [];
const logged = new EventEmitter();

async function start(behaviour: Behaviour, lifecycle = new Lifecycle()): Promise<string> {
  lines.length = 0;
  const write = (line: string): void => {
    lines.push(line);
    logged.emit("line");
  };
  const log = pino({ level: "info" }, { write });
  const settings = readSettings({});
  ({ server } = createService({
    settings,
    keys: readKeys(settings),
    engine: engineThat(behaviour),
    registry: new Registry(),
    lifecycle,
    log,
    logOutput: { dropped: 0 },
    steering: () => Promise.reject(new Error("Nothing changes what serves.")),
  }));
  return `http://127.0.0.1:${await listen(server, 0, "127.0.0.1")}`;
}

afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

function post(url: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/predict`, {
    method: "POST",
    body: '{"instances": [[1]]}',
    headers: { "content-type": "application/json", ...headers },
  });
}

describe("the engine's refusals", () => {
  it.each([
    ["queue_full", 503, "3"],
    ["deadline_unreachable", 503, "3"],
    ["deadline_exceeded", 504, "3"],
    ["model_not_ready", 503, "3"],
  ] as const)(
    "%s is answered with %i, the reason and when to try again",
    async (code, status, retryAfter) => {
      const infer = (): Promise<never> =>
        Promise.reject(new ServiceError(code, "The reason.", { retryAfterSeconds: 3, path: "inputs[0]" }));
      const response = await post(await start({ infer }));
      expect(response.status).toBe(status);
      expect(response.headers.get("retry-after")).toBe(retryAfter);
      expect(await response.json()).toEqual({ error: "The reason.", code, path: "inputs[0]" });
    },
  );

  it("always say when to try again with 503", async () => {
    const infer = (): Promise<never> => Promise.reject(new ServiceError("queue_full", "Full."));
    expect((await post(await start({ infer }))).headers.get("retry-after")).toBe("1");
  });
});

describe("a fault of the server's own", () => {
  it("is answered without its text and logged with it", async () => {
    const infer = (): Promise<never> => Promise.reject(new Error("secret path /etc"));
    const response = await post(await start({ infer }), { "x-request-id": "failed-1" });
    expect(response.status).toBe(500);
    const body = await response.text();
    expect(JSON.parse(body)).toEqual({ error: "The server failed to answer.", code: "internal" });
    const logged = await logLine("failed-1");
    expect(logged).toMatchObject({ level: 50, status: 500, route: "/predict" });
    expect(JSON.stringify(logged)).toContain("secret path /etc");
  });

  it("in a route that asks no model too", async () => {
    const index = (): never => {
      throw new Error("secret");
    };
    const response = await fetch(`${await start({ index })}/v1/models`);
    expect([response.status, await response.json()]).toMatchObject([500, { code: "internal" }]);
  });
});

/** The line is written when the response is closed, which a client can see before the server does. */
async function logLine(requestId: string): Promise<unknown> {
  for (;;) {
    const line = lines.find((text) => text.includes(requestId));
    if (line !== undefined) {
      return JSON.parse(line);
    }
    await once(logged, "line");
  }
}

describe("readiness", () => {
  it("is 503 until the models serve, while liveness is 200", async () => {
    const url = await start({ whyNotReady: () => "Model 'm' does not serve." });
    for (const path of ["/readyz", "/v2/health/ready"]) {
      const response = await fetch(url + path);
      expect([response.status, await response.json()]).toEqual([
        503,
        { code: "model_not_ready", error: "Model 'm' does not serve." },
      ]);
    }
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect((await fetch(`${url}/v2/health/live`)).status).toBe(200);
  });

  it("goes first at the end, while requests are served and connections closed after them", async () => {
    const lifecycle = new Lifecycle();
    const outputs = { y: { datatype: "FP32", shape: [1, 1], data: Float32Array.of(2) } } as const;
    const infer = () =>
      Promise.resolve({ outputs, queueMilliseconds: 0, computeMilliseconds: 0, batchRows: 1 });
    const url = await start({ infer }, lifecycle);
    expect((await post(url)).headers.get("connection")).toBe("keep-alive");
    lifecycle.drain();
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    const response = await post(url);
    expect([response.status, response.headers.get("connection")]).toEqual([200, "close"]);
  });
});

describe("what the engine is told of a request", () => {
  it("is its deadline, by header, by parameter or by setting, whichever is soonest", async () => {
    const seconds: number[] = [];
    const infer: ServedModel["infer"] = ({ deadline = NaN }: InferenceRequest) => {
      seconds.push(Math.round((deadline - performance.now()) / 1000));
      return Promise.reject(new ServiceError("deadline_exceeded", "Late."));
    };
    const url = await start({ infer });
    const v2 = (timeout: number): Promise<Response> =>
      fetch(`${url}/v2/models/m/infer`, {
        method: "POST",
        headers: { "request-timeout-ms": "20000" },
        body: JSON.stringify({
          parameters: { timeout },
          inputs: [{ name: "x", shape: [1, 1], datatype: "FP32", data: [1] }],
        }),
      });
    await post(url);
    await post(url, { "request-timeout-ms": "10000" });
    await post(url, { "x-envoy-expected-rq-timeout-ms": "12000" });
    await v2(5_000_000);
    await v2(50_000_000);
    expect(seconds).toEqual([30, 10, 12, 5, 20]);
  });

  it("is that its client has gone away", async () => {
    const asked = new Promise<InferenceRequest>((resolve) => {
      void start({
        infer: (request) => {
          resolve(request);
          return new Promise(() => undefined);
        },
      }).then((url) => {
        const controller = new AbortController();
        const body = '{"instances": [[1]]}';
        const headers = { "content-type": "application/json" };
        fetch(`${url}/predict`, { method: "POST", body, headers, signal: controller.signal }).catch(
          () => undefined,
        );
        void asked.then(() => controller.abort());
      });
    });
    const { cancellation } = await asked;
    // It can only be read, never listened to.
    await vi.waitFor(() => expect(cancellation?.cancelled).toBe(true), { timeout: 20_000 });
  });
});
