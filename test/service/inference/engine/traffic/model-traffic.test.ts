import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Engine, Routing, VersionTraffic } from "#service/inference/engine/engine.js";
import { broken, identity } from "../../../../models/index.js";
import { floats, RepositoryFixture } from "../repository-fixture.js";

let repository: RepositoryFixture;

beforeEach(async () => {
  repository = await RepositoryFixture.create();
});
afterEach(() => repository.dispose());

const inputs = { input: floats([1, 3], [1, 2, 3]) };
const CANARY = { labels: { stable: "1", canary: "2" }, traffic: { stable: 95, canary: 5 } };

async function started(config: object, versions: readonly string[] = ["1", "2"]): Promise<Engine> {
  for (const version of versions) {
    await repository.putModel("m", version, identity());
  }
  await repository.putConfig("m", config);
  return repository.started();
}
function chosen(engine: Engine, affinity?: string): string {
  return engine.resolve({ name: "m", routing: { affinity } }).version;
}
async function ask(engine: Engine, routing: Routing): Promise<string> {
  const model = engine.resolve({ name: "m", routing });
  await model.infer({ inputs });
  return model.version;
}
async function figures(engine: Engine, version: string): Promise<VersionTraffic | undefined> {
  return (await engine.traffic("m")).find((each) => each.version === version);
}

describe("requests that name no version", () => {
  it.each<[string, (n: number) => string | undefined, number]>([
    ["exactly where nothing tells who asks", () => undefined, 4],
    // Four standard deviations of a count of 10,000 at 5 percent.
    ["as chance would by who asks", (n) => `user-${n}`, 4 * Math.sqrt(10_000 * 0.05 * 0.95)],
  ])("are divided 95 to 5 over 10,000, %s", async (_, affinityOf, off) => {
    const engine = await started(CANARY);
    let canary = 0;
    for (let begun = 0; begun < 10_000; begun += 50) {
      const asked = Array.from({ length: 50 }, (_each, at) =>
        ask(engine, { affinity: affinityOf(begun + at) }),
      );
      canary += (await Promise.all(asked)).filter((version) => version === "2").length;
    }
    expect(Math.abs(canary - 500)).toBeLessThanOrEqual(off);
    expect(await figures(engine, "2")).toMatchObject({
      requests: canary,
      errors: 0,
      fallbacks: 0,
      traffic: 5,
    });
    expect(await figures(engine, "1")).toMatchObject({ requests: 10_000 - canary, traffic: 95 });
    const { latency } = (await figures(engine, "2")) ?? { latency: { counts: [] } };
    expect(latency.counts.reduce((sum, count) => sum + count, 0)).toBe(canary);
  });

  it("get the same version for the same caller, in another engine too, and stay in a share that is raised", async () => {
    const engine = await started(CANARY);
    const callers = Array.from({ length: 1000 }, (_, n) => `caller ${n}`);
    const first = callers.map((caller) => chosen(engine, caller));
    expect(callers.map((caller) => chosen(engine, caller))).toEqual(first);
    const other = await repository.started();
    expect(callers.map((caller) => chosen(other, caller))).toEqual(first);
    await repository.putConfig("m", { ...CANARY, traffic: { canary: 25, stable: 75 } });
    await engine.load("m");
    const raised = callers.map((caller) => chosen(engine, caller));
    expect(raised.filter((version) => version === "2").length).toBeGreaterThan(200);
    expect(callers.filter((_, at) => first[at] === "2" && raised[at] !== "2")).toEqual([]);
  });

  it("leave those that name a version or a label, and questions about a model, where they are", async () => {
    const engine = await started({ ...CANARY, traffic: { stable: 0, canary: 100 } });
    const routing = { affinity: "a" };
    expect(engine.resolve({ name: "m", routing }).version).toBe("2");
    expect(engine.resolve({ name: "m", version: "1", routing }).version).toBe("1");
    expect(engine.resolve({ name: "m", version: "stable", routing }).version).toBe("1");
    expect(engine.resolve({ name: "m", version: "stable", routing }).fallback).toBeUndefined();
    expect(engine.resolve({ name: "m" }).version).toBe("1");
    expect(engine.defaultModel().version).toBe("1");
    expect(engine.defaultModel(routing).version).toBe("2");
  });
});

describe("versions that config.json names", () => {
  it("serve whatever the version policy says, and are nobody's default for it", async () => {
    const policy = { policy: "specific", versions: ["1"] };
    const engine = await started(
      { versions: policy, labels: { canary: "2" }, shadow: { version: "4", percent: 1 } },
      ["1", "2", "3", "4"],
    );
    const serving = engine.index().filter(({ state }) => state === "READY");
    expect(serving.map(({ version }) => version)).toEqual(["1", "2", "4"]);
    expect(engine.resolve({ name: "m" }).version).toBe("1");
    await repository.putConfig("m", { versions: policy });
    await engine.load("m");
    expect(engine.index().filter(({ state }) => state === "READY")).toMatchObject([{ version: "1" }]);
  });

  it("keep the stable version serving when a newer one comes", async () => {
    const engine = await started({ labels: { stable: "1" } });
    expect(engine.index()).toMatchObject([
      { version: "1", state: "READY", labels: ["stable"], traffic: 100 },
      { version: "2", state: "READY", labels: [] },
    ]);
    expect(chosen(engine)).toBe("1");
  });

  it("are not loaded anew when others are named", async () => {
    const engine = await started(CANARY);
    const loaded = engine.resolve({ name: "m", version: "1" });
    await repository.putConfig("m", { labels: { stable: "2" }, traffic: { "1": 50, stable: 50 } });
    await engine.load("m");
    expect(engine.resolve({ name: "m", version: "1" })).toBe(loaded);
    expect(repository.log.filter(({ message }) => message === "model version serves")).toHaveLength(2);
  });
});

describe("a label that points to nothing that serves", () => {
  it("sends its share to the stable version, counted and said in the index", async () => {
    const engine = await started({
      labels: { stable: "1", canary: "9" },
      traffic: { stable: 90, canary: 10 },
    });
    const answered = new Set(Array.from({ length: 100 }, () => chosen(engine)));
    expect(answered).toEqual(new Set(["1"]));
    expect(engine.index()).toMatchObject([
      {
        version: "1",
        traffic: 100,
        reason: "Version 9, which is labelled canary, does not serve: version 1 answers its 10 percent.",
      },
      { version: "2" },
    ]);
    expect((await figures(engine, "9"))?.fallbacks).toBeGreaterThanOrEqual(8);
    expect(await figures(engine, "9")).toMatchObject({
      ready: false,
      traffic: 0,
      labels: ["canary"],
      errors: 0,
    });
    const metrics = await repository.registry.metrics();
    expect(metrics).toMatch(
      /inference_traffic_fallbacks_total\{model="m",version="9",reason="model_not_ready"\} \d+/,
    );
    expect(metrics).toMatch(/inference_traffic_requests_total\{model="m",version="1",by="fallback"\} \d+/);
  });

  it("that is stable leaves the one before at its place, even when its version is refused", async () => {
    const engine = await started({ labels: { stable: "1" } }, ["1"]);
    await repository.putModel("m", "2", identity());
    await repository.putModel("m", "3", broken());
    await repository.putConfig("m", {
      labels: { stable: "3", canary: "2" },
      traffic: { stable: 99, canary: 1 },
    });
    await expect(engine.load("m")).rejects.toThrow("model.onnx");
    expect(engine.resolve({ name: "m" }).version).toBe("1");
    expect(engine.index()).toMatchObject([
      {
        version: "1",
        state: "READY",
        traffic: 99,
        reason: "Version 3, which is labelled stable, does not serve: version 1 answers its 99 percent.",
      },
      { version: "2", traffic: 1 },
      { version: "3", state: "UNAVAILABLE" },
    ]);
    await repository.putModel("m", "3", identity());
    await engine.load("m");
    expect(engine.resolve({ name: "m" }).version).toBe("3");
    expect(engine.index()[0]).toMatchObject({ version: "1", state: "UNAVAILABLE" });
  });
});
