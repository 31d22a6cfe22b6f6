import { afterEach, describe, expect, it, vi } from "vitest";
import type { VersionTraffic } from "#service/inference/engine/engine.js";
import { brightIn, failingQuadrants, quadrants, quadrantsConfig } from "../../models/pictures.js";
import { add, identity, sumOfRow } from "../../models/index.js";
import { ServiceFixture } from "./service-fixture.js";

let service: ServiceFixture;
afterEach(() => service.stop());

const LABELS = { stable: "1", canary: "2" };
const octets = { "content-type": "application/octet-stream" };
function all(canary: number): object {
  return { ...quadrantsConfig, labels: LABELS, traffic: { stable: 100 - canary, canary } };
}

async function start(
  canary: Uint8Array,
  config: object,
  environment: Readonly<Record<string, string>> = {},
  pollSeconds = 0,
): Promise<void> {
  service = await ServiceFixture.start(
    async (repository) => {
      await repository.putModel("q", "1", quadrants());
      await repository.putModel("q", "2", canary);
      await repository.putConfig("q", config);
    },
    environment,
    { pollSeconds },
  );
}

interface Answer {
  readonly status: number;
  readonly version: string | null;
  readonly label: string | undefined;
}

async function predict(headers: Readonly<Record<string, string>> = {}, query = ""): Promise<Answer> {
  const response = await service.post(`/predict${query}`, brightIn(2), { ...octets, ...headers });
  const body = (await response.json()) as { version?: string; predictions?: { label: string }[] };
  const version = response.headers.get("x-model-version");
  if (response.ok) {
    expect(body.version).toBe(version);
  }
  return { status: response.status, version, label: body.predictions?.[0]?.label };
}
async function figures(version: string): Promise<VersionTraffic | undefined> {
  return (await service.engine.traffic("q")).find((each) => each.version === version);
}
const ROW = Array.from({ length: 16 }, () => 0.5);
const IN_EVERY_PROTOCOL = [
  ["/predict", { instances: [ROW] }],
  ["/v2/models/q/infer", { inputs: [{ name: "pixels", datatype: "FP32", shape: [1, 16], data: ROW }] }],
  ["/v1/models/q:predict", { instances: [ROW] }],
] as const;
const STABLE = { status: 200, version: "1", label: "bottom left" };

describe("an answer", () => {
  it("names its version in every protocol", async () => {
    await start(quadrants(1), all(100));
    for (const [path, body] of IN_EVERY_PROTOCOL) {
      const response = await service.post(path, body);
      expect([response.status, response.headers.get("x-model-version")]).toEqual([200, "2"]);
    }
    expect(await predict({}, "?version=stable")).toEqual(STABLE);
    const index = await (await service.post("/v2/repository/index", {})).json();
    expect(index).toEqual([
      { name: "q", version: "1", state: "READY", reason: "", labels: ["stable"] },
      { name: "q", version: "2", state: "READY", reason: "", labels: ["canary"], traffic: 100 },
    ]);
    expect(await (await service.get("/v1/models/q")).json()).toMatchObject({
      model_version_status: [{ version: "1" }, { version: "2", traffic: 100, labels: ["canary"] }],
    });
  });

  it("is of the same version for the same header, whose name is a setting, else for the same request id", async () => {
    await start(quadrants(1), all(50), { AFFINITY_HEADER: "X-User" });
    for (const header of ["x-user", "x-request-id"]) {
      const versions = new Set<string | null>();
      for (let caller = 0; caller < 20; caller += 1) {
        const [first, second] = [
          await predict({ [header]: `c${caller}` }),
          await predict({ [header]: `c${caller}` }),
        ];
        expect(second).toEqual(first);
        versions.add(first.version);
      }
      expect(versions).toEqual(new Set(["1", "2"]));
    }
    const both = { "x-user": "c1", "x-request-id": "r" };
    expect(await predict(both)).toEqual(await predict({ "x-user": "c1" }));
  });

  it("comes whatever the header holds", async () => {
    await start(quadrants(1), all(50));
    for (const value of ["x".repeat(12_000), "\u00ff\u0080\u00e4", ""]) {
      expect((await predict({ "x-affinity": value })).status).toBe(200);
    }
  });
});

describe("a canary that", () => {
  it("does not load costs nobody an answer", async () => {
    await start(Buffer.from("no model"), all(100));
    expect(await predict()).toEqual(STABLE);
    expect(await figures("2")).toMatchObject({ ready: false, fallbacks: 1, errors: 0 });
  });

  it.each<[string, Uint8Array]>([
    ["fails to compute", failingQuadrants()],
    ["takes other inputs", add()],
    ["takes inputs of another length", identity("FLOAT", ["N", 9])],
  ])("%s is answered for by stable, in every protocol, and counted", async (_, canary) => {
    // Without preprocessing, which would have the version refused where it does not fit.
    await start(canary, { labels: LABELS, traffic: { stable: 0, canary: 100 } });
    for (const [path, body] of IN_EVERY_PROTOCOL) {
      const response = await service.post(path, body);
      expect([response.status, response.headers.get("x-model-version")]).toEqual([200, "1"]);
      expect(await response.text()).toContain("0.25");
    }
    expect(await figures("2")).toMatchObject({ fallbacks: 3, errors: 3, requests: 3 });
    expect(await figures("1")).toMatchObject({ requests: 3, errors: 0 });
    expect((await service.post("/v1/models/q/labels/canary:predict", { instances: [ROW] })).ok).toBe(false);
  });

  it("answers what is no answer is answered for by stable", async () => {
    const five = identity("FLOAT", ["N", 16]);
    await start(five, { ...quadrantsConfig, labels: LABELS, traffic: { stable: 0, canary: 100 } });
    expect(await predict()).toEqual(STABLE);
  });

  it("refuses what stable refuses too is not to blame", async () => {
    await start(quadrants(1), all(100));
    const response = await service.post("/predict", { instances: [[1, 2]] });
    expect(response.status).toBe(400);
    expect(await figures("2")).toMatchObject({ fallbacks: 0, errors: 0 });
  });
});

describe("a shadow", () => {
  const SHADOW = { ...quadrantsConfig, labels: { stable: "1" }, shadow: { version: "2", percent: 50 } };

  it("gets copies of its percent, compared with the answers and counted nowhere else", async () => {
    await start(quadrants(1), SHADOW);
    for (let count = 0; count < 20; count += 1) {
      expect(await predict()).toEqual(STABLE);
    }
    await vi.waitFor(async () => expect((await figures("2"))?.copies.compared).toBe(10));
    expect(await figures("2")).toMatchObject({
      requests: 0,
      shadow: 50,
      traffic: 0,
      copies: {
        failed: 0,
        dropped: 0,
        rows: 10,
        flippedRows: 10,
        distance: { count: 10 },
        difference: { count: 10 },
      },
    });
    const metrics = await (await service.get("/metrics")).text();
    expect(metrics).toContain('inference_requests_total{model="q",version="2",outcome="success"} 0');
    expect(metrics).toContain('inference_batch_rows_count{model="q",version="2"} 0');
    expect(metrics).toContain('inference_shadow_flipped_rows_total{model="q",version="2"} 10');
    expect(metrics).toContain("inference_requests_pending 0");
    expect(metrics).toContain("inference_saturation_ratio 0");
  });

  it("that fails costs nothing and is counted", async () => {
    await start(sumOfRow(), { labels: { stable: "1" }, shadow: { version: "2", percent: 100 } });
    expect((await service.post("/predict", { instances: [ROW] })).status).toBe(200);
    await vi.waitFor(async () => expect((await figures("2"))?.copies.failed).toBe(1));
    expect(service.repository.log.at(-1)).toMatchObject({
      message: "model version failed a copy of a request",
    });
  });

  it("does not touch the inputs of requests that come after", async () => {
    await start(quadrants(1), { ...SHADOW, shadow: { version: "2", percent: 100 } });
    const ask = async (quadrant: number): Promise<string | undefined> => {
      const response = await service.post("/predict", brightIn(quadrant), octets);
      return ((await response.json()) as { predictions: { label: string }[] }).predictions[0]?.label;
    };
    const { labels } = quadrantsConfig.postprocess;
    for (let round = 0; round < 20; round += 1) {
      const asked = Array.from({ length: 16 }, (_, n) => ask(n % 4));
      expect(await Promise.all(asked)).toEqual(Array.from({ length: 16 }, (_, n) => labels[n % 4]));
    }
    await vi.waitFor(async () => {
      const { compared = 0, dropped = 0, rows, flippedRows } = (await figures("2"))?.copies ?? {};
      expect(compared + dropped).toBe(320);
      expect(flippedRows).toBe(rows);
    });
  });
});

it("fails no request while labels, shares and shadows move under load", async () => {
  await start(quadrants(1), all(5), {}, 0.02);
  let isOver = false;
  const seen = new Set<string | null>();
  const client = async (): Promise<void> => {
    while (!isOver) {
      const { status, version } = await predict();
      expect(status).toBe(200);
      seen.add(version);
    }
  };
  const clients = Promise.all([client(), client(), client()]);
  try {
    await service.repository.putModel("q", "3", quadrants());
    for (const [labels, canary] of [
      [{ stable: "1", canary: "2" }, 50],
      [{ stable: "2", canary: "3" }, 10],
      [{ stable: "3", canary: "1" }, 1],
      [{ stable: "1", canary: "7" }, 30],
      [{ stable: "3", canary: "2" }, 0],
    ] as const) {
      const shadow = { version: labels.canary, percent: 20 };
      const traffic = { stable: 100 - canary, canary };
      await service.repository.putConfig("q", { ...quadrantsConfig, labels, traffic, shadow });
      await vi.waitFor(
        () =>
          expect(service.engine.index().find(({ labels: [label] }) => label === "stable")).toMatchObject({
            version: labels.stable,
            state: "READY",
            traffic: labels.canary === "7" ? 100 : 100 - canary,
          }),
        { timeout: 10_000 },
      );
    }
  } finally {
    isOver = true;
    await clients;
  }
  expect(seen).toEqual(new Set(["1", "2", "3"]));
});
