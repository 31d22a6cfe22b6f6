import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Engine } from "#service/inference/engine/engine.js";
import { Follower } from "#service/inference/promotion/follower.js";
import { planSchema } from "#service/inference/promotion/plan.js";
import { Steering } from "#service/inference/promotion/steering.js";
import { openRecords } from "#service/models/pointer/open-records.js";
import type { Records } from "#service/models/pointer/records.js";
import { quadrants, quadrantsConfig } from "../../../models/pictures.js";
import { BucketFixture } from "../../models/store/bucket-fixture.js";
import { Moto, motoIsThere } from "../../models/store/moto.js";
import { ASKED } from "../../models/pointer/pointer-fixture.js";
import { floats, RepositoryFixture } from "../engine/repository-fixture.js";

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe.skipIf(!motoIsThere)("two replicas on a bucket", () => {
  let moto: Moto;
  let store: BucketFixture;
  let repository: RepositoryFixture;
  let records: Records;
  let milliseconds = 0;
  let engines: Engine[] = [];
  let followers: Follower[] = [];
  beforeAll(async () => {
    moto = await Moto.start();
  });
  afterAll(() => moto.stop());
  beforeEach(async () => {
    store = await BucketFixture.create(moto);
    repository = await RepositoryFixture.create();
    records = await openRecords(store.address);
  });
  afterEach(async () => {
    await repository.dispose();
    await store.dispose();
  });

  async function started(second: Uint8Array): Promise<Steering> {
    await store.put("q/1/model.onnx", quadrants());
    await store.put("q/2/model.onnx", second);
    await store.put("q/config.json", JSON.stringify({ ...quadrantsConfig, labels: { stable: "1" } }));
    const options = { repository: store.address, cache: store.cache };
    engines = [await repository.started(options), await repository.started(options)];
    followers = engines.map(
      (engine, index) =>
        new Follower({
          ...{ id: `replica-${index}`, engine, records, log },
          ...{ pollMilliseconds: 1000, clock: () => milliseconds, date: () => new Date() },
        }),
    );
    return new Steering({ records, log, now: () => new Date() });
  }

  /** Each replica follows the bucket, answers some requests, and looks at the promotion. */
  async function look(): Promise<void> {
    for (const [index, engine] of engines.entries()) {
      // A version that is still being fetched is no reason to stop.
      await engine.load("q").catch(() => undefined);
      for (let request = 0; request < 30; request += 1) {
        const model = engine.resolve({ name: "q", routing: { affinity: undefined } });
        const pixels = floats(
          [1, 16],
          Array.from({ length: 16 }, (_, pixel) => (pixel === request % 4 ? 1 : 0)),
        );
        const { startCopy } = await model.infer({ inputs: { pixels } });
        startCopy?.();
      }
      await followers[index]?.look();
    }
    milliseconds += 1000;
  }

  async function untilOver(steering: Steering): Promise<string | undefined> {
    for (let time = 0; time < 60; time += 1) {
      await look();
      const { promotion } = await steering.status("q");
      if (promotion?.status !== "going on") {
        return promotion?.status;
      }
    }
    throw new Error((await steering.status("q")).promotion?.says);
  }

  const plan = planSchema.parse({ steps: [50, 100], minimumRequests: 40, shadowPercent: 50 });

  it("promote a version until both serve it as stable", async () => {
    const steering = await started(quadrants());
    await steering.begin("q", "2", plan, ASKED);
    expect(await untilOver(steering)).toBe("finished");
    expect(JSON.parse((await records.read("q/config.json"))?.text ?? "")).toMatchObject({
      labels: { stable: "2" },
    });
    for (const engine of engines) {
      expect(engine.index().find(({ version }) => version === "2")).toMatchObject({
        state: "READY",
        traffic: 100,
      });
    }
  });

  it("go back by themselves from one that answers garbage", async () => {
    const steering = await started(quadrants(1));
    await steering.begin("q", "2", plan, ASKED);
    expect(await untilOver(steering)).toBe("rolled back");
    expect(JSON.parse((await records.read("q/config.json"))?.text ?? "")).toMatchObject({
      labels: { stable: "1" },
      traffic: { stable: 100 },
    });
  });
});
