import { afterEach, describe, expect, it } from "vitest";
import type { Engine } from "#service/inference/engine/engine.js";
import { Follower } from "#service/inference/promotion/follower.js";
import { FolderRecords } from "#service/models/pointer/folder-records.js";
import { brightIn, failingQuadrants, quadrants, quadrantsConfig } from "../../../models/pictures.js";
import { ServiceFixture } from "../service-fixture.js";

let service: ServiceFixture;
afterEach(() => service.stop());

const CONFIG = { ...quadrantsConfig, labels: { stable: "1" } };
const ROUTES = "/v2/repository/models/quadrants";

/** A server over a model of which version 1 is stable, and the promotion's part of it and of another replica. */
class Replicas {
  private milliseconds = 0;
  private readonly engines: readonly Engine[];
  private readonly followers: readonly Follower[];

  constructor(other: Engine) {
    this.engines = [service.engine, other];
    this.followers = this.engines.map(
      (engine, index) =>
        new Follower({
          ...{ id: `replica-${index}`, engine, records: new FolderRecords(service.repository.root) },
          ...{ pollMilliseconds: 1000, clock: () => this.milliseconds, date: () => new Date() },
          log: { info: () => undefined, warn: () => undefined, error: () => undefined },
        }),
    );
  }

  /** Each looks at the repository, and then at the promotion. */
  async look(): Promise<void> {
    for (const [index, follower] of this.followers.entries()) {
      // It rejects where a version is refused.
      await this.engines[index]?.load("quadrants").catch(() => undefined);
      await follower.look();
    }
    this.milliseconds += 1000;
  }
}

async function started(second: Uint8Array, config: object = CONFIG): Promise<Replicas> {
  service = await ServiceFixture.start(async (repository) => {
    await repository.putModel("quadrants", "1", quadrants());
    await repository.putModel("quadrants", "2", second);
    await repository.putConfig("quadrants", config);
  });
  return new Replicas(await service.repository.started());
}

interface Prediction {
  readonly version: string;
  readonly predictions: readonly { readonly label: string }[];
}

/** Every request must be answered, and right where stable answers. */
async function predict(times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    const answer = await service.post("/predict", brightIn(time % 4), {
      "content-type": "application/octet-stream",
    });
    expect(answer.status).toBe(200);
    const { version, predictions } = (await answer.json()) as Prediction;
    if (version === "1" && predictions[0]?.label !== undefined) {
      expect(predictions[0]?.label).toBe(CONFIG.postprocess.labels[time % 4]);
    }
  }
}

async function ask(
  path: string,
  body?: object,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await (body ? service.post(ROUTES + path, body) : service.get(ROUTES + path));
  return { status: answer.status, body: await answer.json() };
}

const AUTO = { version: "2", why: "a better one", auto: { steps: [50, 100], minimumRequests: 40 } };

async function untilOver(replicas: Replicas): Promise<unknown> {
  for (let look = 0; look < 30; look += 1) {
    await replicas.look();
    await predict(20);
    const { body } = await ask("/promotion");
    const { promotion } = body as { promotion: { status: string } };
    if (promotion.status !== "going on") {
      return promotion;
    }
  }
  throw new Error(JSON.stringify(await ask("/promotion")));
}

describe("a version that is promoted step by step over two replicas", () => {
  it("becomes stable when it answers as stable does", async () => {
    const replicas = await started(quadrants());
    expect((await ask("/promote", AUTO)).status).toBe(200);
    expect(await untilOver(replicas)).toMatchObject({ status: "finished" });
    const { body } = await ask("/events");
    expect((body as { to: { stable: string } }[]).at(-1)?.to.stable).toBe("2");
    await predict(4);
  });

  it.each([
    ["garbage", CONFIG, quadrants(1), "compared rows get another label"],
    // Without labels, which would not fit it: it would be refused when it is loaded.
    ["errors", { ...CONFIG, postprocess: undefined }, failingQuadrants(), "requests and copies fail"],
    ["nothing, since it does not load", CONFIG, Buffer.from("no model"), "replica-0 refuses it: "],
  ])("goes back by itself when it answers %s, and no request fails", async (_, config, second, why) => {
    const replicas = await started(second, config);
    await replicas.look();
    await ask("/promote", AUTO);
    expect(await untilOver(replicas)).toMatchObject({
      status: "rolled back",
      says: expect.stringContaining(why) as string,
    });
    await replicas.look();
    await predict(8);
    const [first, next] = service.engine.index();
    expect(first).toMatchObject({ version: "1", state: "READY", traffic: 100 });
    expect(next?.traffic).toBeUndefined();
  });
});

describe("the administrator's routes", () => {
  it("change what serves, and tell of it", async () => {
    await started(quadrants());
    const set = await ask("/traffic", { labels: { canary: "2" }, traffic: { canary: 5 }, why: "a try" });
    expect(set).toMatchObject({ status: 200, body: { to: { traffic: { stable: 95, canary: 5 } } } });
    expect(await ask("/promote", { version: "2" })).toMatchObject({ body: { to: { stable: "2" } } });
    expect(await ask("/rollback", {})).toMatchObject({
      body: { from: { stable: "2" }, to: { stable: "1" } },
    });
    expect(await ask("/events")).toMatchObject({
      body: [
        { action: "traffic", why: "a try", who: { name: "anybody", by: "no key" }, outcome: "made" },
        { action: "promote" },
        { action: "rollback" },
      ],
    });
    expect(await ask("/promotion")).toEqual({ status: 200, body: { promotion: null, replicas: [] } });
  });

  it.each([
    ["/promote", {}, 400, "invalid_input"],
    ["/promote", { version: "9" }, 422, "unprocessable"],
    ["/promote", { version: "1", auto: true }, 422, "unprocessable"],
    ["/promote", { version: "2", auto: { steps: [] } }, 400, "invalid_input"],
    ["/promote", { version: "2", why: "x".repeat(501) }, 400, "invalid_input"],
    ["/promote", { version: "2", unknown: 1 }, 400, "invalid_input"],
    ["/traffic", { traffic: { stable: 50, "2": 20 } }, 422, "unprocessable"],
    ["/traffic", { labels: { canary: 2 } }, 400, "invalid_input"],
    ["/rollback", {}, 422, "unprocessable"],
  ])("refuse %s of %j", async (path, body, status, code) => {
    await started(quadrants());
    expect(await ask(path, body)).toMatchObject({ status, body: { code } });
  });

  it("know no other models", async () => {
    await started(quadrants());
    for (const path of ["/v2/repository/models/no/events", "/v2/repository/models/..%2fx/promotion"]) {
      const answer = await service.get(path);
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ code: "model_not_found" });
    }
  });

  it("name the key that they were asked with", async () => {
    service = await ServiceFixture.start(
      async (repository) => {
        await repository.putModel("quadrants", "1", quadrants());
        await repository.putModel("quadrants", "2", quadrants());
        await repository.putConfig("quadrants", CONFIG);
      },
      { ADMIN_API_KEYS: "operator-key-0123456789" },
    );
    const key = { "x-api-key": "operator-key-0123456789" };
    expect((await ask("/promote", { version: "2" })).status).toBe(401);
    expect((await service.post(`${ROUTES}/promote`, { version: "2" }, key)).status).toBe(200);
    const events = await service.get(`${ROUTES}/events`, { headers: key });
    expect(await events.json()).toMatchObject([{ who: { by: "key", name: expect.any(String) as string } }]);
  });
});
