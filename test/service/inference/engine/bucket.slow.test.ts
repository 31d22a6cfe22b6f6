import { rm } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { EngineOptions } from "#service/inference/engine/create-engine.js";
import type { Engine } from "#service/inference/engine/engine.js";
import { identity } from "../../../models/index.js";
import { BucketFixture } from "../../models/store/bucket-fixture.js";
import { manifestOf } from "../../models/manifest-of.js";
import { Moto, motoIsThere } from "../../models/store/moto.js";
import { floats, RepositoryFixture } from "./repository-fixture.js";

const POLL_SECONDS = 0.2;
const SOON = { timeout: 20_000 };

describe.skipIf(!motoIsThere)("an engine over a bucket", () => {
  let moto: Moto;
  let store: BucketFixture;
  let fixture: RepositoryFixture;

  beforeAll(async () => {
    moto = await Moto.start();
  });
  afterAll(() => moto.stop());
  beforeEach(async () => {
    store = await BucketFixture.create(moto);
    fixture = await RepositoryFixture.create();
  });
  afterEach(async () => {
    await fixture.dispose();
    await store.dispose();
  });

  async function putVersion(version: string, model = identity(), name = "m"): Promise<void> {
    await store.put(`${name}/${version}/model.onnx`, model);
    await store.put(`${name}/${version}/manifest.json`, manifestOf({ "model.onnx": model }));
  }
  function options(): Partial<EngineOptions> {
    return { repository: store.address, cache: store.cache, pollSeconds: POLL_SECONDS };
  }
  function started(): Promise<Engine> {
    return fixture.started(options());
  }
  function served(engine: Engine): string | undefined {
    try {
      return engine.resolve({ name: "m" }).version;
    } catch {
      return undefined;
    }
  }
  async function answers(engine: Engine): Promise<void> {
    const { outputs } = await engine
      .resolve({ name: "m" })
      .infer({ inputs: { input: floats([1, 3], [1, 2, 3]) } });
    expect(outputs["output"]?.data).toEqual(Float32Array.of(1, 2, 3));
  }
  function reason(engine: Engine, version: string): string | undefined {
    return engine.index().find((entry) => entry.version === version)?.reason;
  }

  it("serves what it holds once it has started, and fetches what the policy chooses only", async () => {
    await putVersion("1");
    await putVersion("2");
    const engine = await started();
    expect(engine.whyNotReady()).toBeUndefined();
    expect(served(engine)).toBe("2");
    await answers(engine);
    expect(store.proxy.fetched.filter((key) => key.endsWith(".onnx"))).toEqual(["production/m/2/model.onnx"]);
    expect(reason(engine, "1")).toBe("The version policy does not choose it.");
  });

  it("switches to a new version under load with no failed request, and answers other models while it is fetched", async () => {
    await putVersion("1");
    const engine = await started();
    store.proxy.fault = ({ path }) =>
      path.includes("m/2/model.onnx") ? { kind: "slow", milliseconds: 1_500 } : undefined;
    await putVersion("2");
    const told = new Set<string | undefined>();
    while (served(engine) !== "2") {
      await answers(engine);
      told.add(reason(engine, "2"));
    }
    await answers(engine);
    expect([...told].some((text) => /^It is being fetched: 0 of 0 MB\.$/.test(text ?? ""))).toBe(true);
  });

  it("does not hold up another model while one is fetched", async () => {
    await putVersion("1");
    const engine = await started();
    let isSlow = true;
    store.proxy.fault = ({ path }) =>
      isSlow && path.includes("m/2/model.onnx") ? { kind: "silent" } : undefined;
    await putVersion("2");
    await expect.poll(() => reason(engine, "2"), SOON).toMatch(/^It is being fetched/);
    await putVersion("1", identity(), "other");
    await expect.poll(() => engine.index().find(({ name }) => name === "other")?.state, SOON).toBe("READY");
    expect(served(engine)).toBe("1");
    isSlow = false;
  });

  it("serves the old version while the new one is half written, wrong, or cannot be fetched, and the new one after", async () => {
    await putVersion("1");
    const engine = await started();
    await store.put("m/2/manifest.json", manifestOf({ "model.onnx": identity() }));
    await store.put("m/2/other.onnx", "x");
    await expect
      .poll(() => reason(engine, "2"), SOON)
      .toBe(
        "The version holds other.onnx, but no model.onnx: give the file that is to be served that name, in the version's own folder.",
      );
    await store.put("m/2/model.onnx", identity().slice(1));
    await expect
      .poll(() => reason(engine, "2"), SOON)
      .toMatch(/^The file model.onnx has \d+ bytes; manifest.json says/);
    const wrong = Buffer.from(identity());
    wrong[0] = 0xff;
    await store.put("m/2/model.onnx", wrong);
    await expect
      .poll(() => reason(engine, "2"), SOON)
      .toBe("The file model.onnx is not the one of manifest.json: its SHA-256 is another.");
    await answers(engine);
    expect(served(engine)).toBe("1");
    expect(await fixture.registry.metrics()).toContain(
      'inference_model_load_failed{model="m",version="2"} 1',
    );
    await store.put("m/2/model.onnx", identity());
    await expect.poll(() => served(engine), SOON).toBe("2");
  });

  it("falls back to the next older version at the start when the newest cannot be had", async () => {
    await putVersion("1");
    await store.put("m/2/model.onnx", identity());
    await store.put("m/2/manifest.json", manifestOf({ "model.onnx": Buffer.from(identity()).fill(1) }));
    const engine = await started();
    expect(served(engine)).toBe("1");
    expect(reason(engine, "2")).toMatch(/SHA-256/);
  });

  it("serves on while the store is away, and says so; so does one that starts then, from the cache", async () => {
    await putVersion("1");
    const engine = await started();
    store.proxy.fault = () => ({ kind: "status", status: 503 });
    const away = "The model store fails (status 503). What is known of it may be out of date.";
    await expect.poll(() => reason(engine, "1"), SOON).toBe(away);
    await answers(engine);
    expect(engine.whyNotReady()).toBeUndefined();
    const another = await started();
    expect(served(another)).toBe("1");
    expect(another.whyNotReady()).toBeUndefined();
    expect(reason(another, "1")).toBe(away);
    await answers(another);
    expect(await fixture.registry.metrics()).toMatch(/^model_repository_away_seconds [0-9.]*[1-9]/m);
    store.proxy.fault = () => undefined;
    await putVersion("2");
    for (const each of [engine, another]) {
      await expect.poll(() => served(each), SOON).toBe("2");
      expect(reason(each, "2")).toBe("");
    }
    expect(fixture.log.filter(({ message }) => message === "model repository is read again")).toHaveLength(2);
  });

  it("is not ready, and says why, while the store is away and the cache empty; and comes back by itself", async () => {
    await putVersion("1");
    store.proxy.fault = () => ({ kind: "status", status: 403 });
    const engine = await started();
    expect(engine.whyNotReady()).toMatch(/^The model store refuses the credentials/);
    store.proxy.fault = () => undefined;
    await expect.poll(() => engine.whyNotReady(), SOON).toBeUndefined();
    expect(served(engine)).toBe("1");
  });

  it("fetches again what is gone from the cache", async () => {
    await putVersion("1");
    const engine = await started();
    await rm(store.cache, { recursive: true });
    await store.put("m/config.json", '{"description":"new"}');
    await expect.poll(() => engine.resolve({ name: "m" }).config.description, SOON).toBe("new");
  });

  it("loads by request what has come, and says what is wrong", async () => {
    await putVersion("1");
    const engine = await fixture.started({ ...options(), pollSeconds: 0, control: "explicit" });
    expect(store.proxy.fetched.filter((key) => key.endsWith(".onnx"))).toEqual([]);
    await engine.load("m");
    expect(served(engine)).toBe("1");
    store.proxy.fault = ({ path }) =>
      path.includes("m/2/model.onnx") ? { kind: "status", status: 503 } : undefined;
    await putVersion("2");
    await expect(engine.load("m")).rejects.toThrow(
      "Model 'm' is not loaded: The model store fails (status 503).",
    );
    store.proxy.fault = () => undefined;
    await engine.load("m");
    expect(served(engine)).toBe("2");
  });

  it("stops while it fetches", async () => {
    await putVersion("1");
    store.proxy.fault = ({ path }) => (path.includes(".onnx") ? { kind: "silent" } : undefined);
    const engine = fixture.engine(options());
    const start = engine.start();
    await expect.poll(() => engine.whyNotReady(), SOON).toMatch(/It is being fetched/);
    await engine.stop();
    await start;
    expect(fixture.log.filter(({ level }) => level === "error")).toEqual([]);
  });
});
