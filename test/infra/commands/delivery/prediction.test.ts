import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

import { afterEach, describe, expect, it } from "vitest";

import { expectPrediction } from "#infra/commands/delivery/prediction.js";

const SEVEN = answer("7");
const QUICK = { patienceSeconds: 0.3, attemptSeconds: 0.2, pauseSeconds: 0.05 };

let server: Server | undefined;

afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

function answer(label: string): [number, string] {
  return [200, JSON.stringify({ model: "mnist", version: "1", predictions: [{ label, probability: 1 }] })];
}

/** A service that gives these answers in turn, the last of them again and again; undefined for none at all. */
async function service(...answers: ([number, string] | undefined)[]) {
  const asked: { request: IncomingMessage; body: Buffer }[] = [];
  server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const next = answers[Math.min(asked.length, answers.length - 1)];
      asked.push({ request, body });
      if (next !== undefined) {
        response.writeHead(next[0]).end(next[1]);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

describe("expectPrediction", () => {
  it("sends a picture, and the key if there is one", async () => {
    const { url, asked } = await service(SEVEN);
    await expectPrediction(`${url}/`, { key: "k" });
    const [{ request, body }] = asked as [(typeof asked)[0]];
    expect([request.method, request.url]).toEqual(["POST", "/predict"]);
    expect(request.headers).toMatchObject({ "content-type": "image/png", "x-api-key": "k" });
    expect(body).toEqual(readFileSync("test/fixtures/digit-7.png"));
  });

  it.each<[string, ([number, string] | undefined)[]]>([
    ["a load balancer without targets", [[503, "no targets"], SEVEN]],
    ["a path that is not routed yet", [[404, "default backend"], SEVEN]],
    ["a crowd", [[429, ""], SEVEN]],
    ["silence", [undefined, SEVEN]],
  ])("asks again after %s", async (_, answers) => {
    const { url, asked } = await service(...answers);
    await expectPrediction(url, { ...QUICK, patienceSeconds: 5 });
    expect(asked).toHaveLength(2);
  });

  it.each<[string, [number, string], RegExp]>([
    ["another digit", answer("1"), /took the picture of a 7 for something else: .*"label":"1"/],
    ["no prediction", [200, '{"predictions":[]}'], /for something else/],
    ["a page", [200, "<html>welcome</html>"], /for something else: <html>/],
    ["a refusal", [401, "A key is needed."], /status 401: A key is needed\./],
    ["a request that is not understood", [415, "PNG"], /status 415/],
  ])("takes %s as final", async (_, given, message) => {
    const { url, asked } = await service(given, SEVEN);
    await expect(expectPrediction(url, QUICK)).rejects.toThrow(message);
    expect(asked).toHaveLength(1);
  });

  it("gives up in the end, and says what the last answer was", async () => {
    const { url } = await service([503, "not ready"]);
    await expect(expectPrediction(url, QUICK)).rejects.toThrow(`${url} answered with status 503: not ready`);
  });

  it("says why nobody answers", async () => {
    const { url } = await service();
    server?.close();
    await expect(expectPrediction(url, QUICK)).rejects.toThrow(
      `${url}/predict does not answer: ECONNREFUSED.`,
    );
  });
});
