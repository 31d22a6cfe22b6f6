import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { planSchema } from "#service/inference/promotion/plan.js";
import type { Records } from "#service/models/pointer/records.js";
import { ASKED } from "../../models/pointer/pointer-fixture.js";
import { PromotionFixture, type Behaviour } from "./promotion-fixture.js";

let fixture: PromotionFixture;
afterEach(() => fixture.dispose());

async function begun(
  replicas: number,
  second: Behaviour = {},
  first: Behaviour = {},
): Promise<PromotionFixture> {
  fixture = await PromotionFixture.create(replicas, { "1": first, "2": second });
  await fixture.looks(1, 1000);
  await fixture.begin();
  return fixture;
}

async function says(): Promise<string | undefined> {
  return (await fixture.steering.status("m")).promotion?.says;
}

async function reasons(): Promise<string[]> {
  return (await fixture.steering.events("m")).map(({ why }) => why);
}

describe("an automatic promotion", () => {
  it("goes step by step until every replica serves the version as stable", async () => {
    await begun(2);
    expect(await fixture.untilOver(10_000)).toEqual([0, 1, 5, 25, 100, 0]);
    expect(await fixture.pointer.config()).toEqual({
      labels: { stable: "2" },
      maxBatchSize: 4,
      traffic: { stable: 100 },
    });
    const { promotion } = await fixture.steering.status("m");
    expect(promotion?.status).toBe("finished");
    expect(promotion?.says).toBe("All 2 replicas serve version 2 as stable.");
    const events = await fixture.steering.events("m");
    expect(events.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual(
      Array.from({ length: 7 }, () => "auto made"),
    );
    expect(events.at(-2)).toMatchObject({
      who: { name: "ann", by: "automatic promotion" },
      from: { stable: "1" },
      to: { stable: "2" },
      numbers: { tried: { errors: 0 } },
    });
  });

  it("leaves nothing but its state and its events", async () => {
    await begun(2);
    await fixture.untilOver(10_000);
    await fixture.looks(1);
    const folder = join(fixture.pointer.root, "m");
    expect(await readdir(join(folder, ".replicas"))).toEqual([]);
    expect((await readdir(folder)).sort()).toEqual([
      ".events",
      ".promotion.json",
      ".replicas",
      "1",
      "2",
      "config.json",
    ]);
  });

  it("is rolled back afterwards to what was stable before", async () => {
    await begun(1);
    await fixture.untilOver(10_000);
    await fixture.steering.rollback("m", undefined, ASKED);
    expect(await fixture.pointer.config()).toMatchObject({ labels: { stable: "1" } });
  });

  it.each<[string, Behaviour, RegExp]>([
    ["fails", { errors: 0.2 }, /\d+ of \d+ requests and copies fail, of stable's 0 of \d+/],
    ["is slow", { seconds: 1 }, /answers take longer than 1.5 times stable's 99th percentile/],
    ["answers garbage", { flips: 0.9 }, /compared rows get another label; the bound is 5 %/],
    [
      "no replica loads",
      { refused: "It is broken." },
      /^Version 2 gets no more requests\. The replica replica-0 refuses it: It is broken\. All 2/,
    ],
  ])("goes back by itself from a version that %s, with the numbers", async (_, behaviour, why) => {
    await begun(2, behaviour);
    expect(await fixture.untilOver(10_000)).toEqual([0, 1, 0]);
    expect(await fixture.pointer.config()).toEqual({
      labels: { stable: "1" },
      maxBatchSize: 4,
      traffic: { stable: 100 },
    });
    const { promotion } = await fixture.steering.status("m");
    expect(promotion).toMatchObject({ status: "rolled back", says: expect.stringMatching(why) as string });
    const back = (await fixture.steering.events("m")).at(-2);
    expect(back).toMatchObject({
      numbers: { tried: expect.anything() as object, stable: expect.anything() as object },
    });
  });

  it("is not stopped by what stable does as badly", async () => {
    const both = { errors: 0.1, seconds: 1, flips: 0.02 };
    await begun(2, both, both);
    expect(await fixture.untilOver(10_000)).toEqual([0, 1, 5, 25, 100, 0]);
  });

  it("holds while there are too few requests, and says what it waits for", async () => {
    await begun(2);
    await fixture.looks(10, 500);
    expect(await says()).toMatch(
      /^It waits for 200 requests to the version in this step; so far there are \d+\.$/,
    );
    expect(await fixture.pointer.config()).toMatchObject({ traffic: { stable: 99, canary: 1 } });
  });

  it("counts a step only once every live replica serves it", async () => {
    await begun(2);
    await fixture.looks(1, 10_000);
    const slow = fixture.engines[1] ?? fixture.add();
    slow.isFollowing = false;
    await fixture.looks(10, 10_000);
    expect(await says()).toBe(
      "It waits for 1 of 2 replicas: replica-1 does not go by this step's config.json yet.",
    );
    const { replicas } = await fixture.steering.status("m");
    expect(replicas.map(({ id, waits }) => [id, waits])).toEqual([
      ["replica-0", undefined],
      ["replica-1", "does not go by this step's config.json yet"],
    ]);
    slow.isFollowing = true;
    expect(await fixture.untilOver(10_000)).toEqual([5, 25, 100, 0]);
  });

  it("waits for a replica that cannot answer with the version", async () => {
    await begun(2);
    fixture.engines[1]?.notReady.add("2");
    await fixture.looks(10, 10_000);
    expect(await says()).toBe("It waits for 1 of 2 replicas: replica-1 cannot answer with version 2 yet.");
  });

  it("does not wait for a replica that is gone, nor miss one that comes", async () => {
    await begun(2);
    await fixture.looks(3, 10_000);
    const come = fixture.add();
    come.notReady.add("2");
    await fixture.looks(10, 10_000, [1]);
    expect(await says()).toMatch(/^It waits for 1 of 2 replicas: replica-2 cannot answer/);
    come.notReady.clear();
    await fixture.untilOver(10_000, [1]);
    expect((await fixture.steering.status("m")).promotion?.status).toBe("finished");
  });

  it("is taken over by another replica when the one that decides is killed", async () => {
    await begun(3);
    await fixture.looks(3, 10_000);
    const holder = async (): Promise<unknown> => (await fixture.steering.status("m")).promotion?.lease.holder;
    expect(await holder()).toBe("replica-0");
    await fixture.looks(3, 10_000, [0]);
    expect(await holder()).toBe("replica-0");
    expect((await fixture.untilOver(10_000, [0])).at(-1)).toBe(0);
    expect((await fixture.steering.status("m")).promotion?.status).toBe("finished");
    expect(await holder()).not.toBe("replica-0");
  });

  it("survives that every replica is killed, and is gone on with by new ones", async () => {
    await begun(1);
    await fixture.looks(6, 10_000);
    fixture.add();
    const shares = await fixture.untilOver(10_000, [0]);
    expect(shares.at(-1)).toBe(0);
    expect((await fixture.steering.status("m")).promotion?.status).toBe("finished");
  });

  it("is gone on with when the one that decides is killed between its decision and the change", async () => {
    fixture = await PromotionFixture.create(0);
    const { records } = fixture.pointer;
    const dying: Records = {
      place: records.place,
      read: (path) => records.read(path),
      write: (path, text, revision) =>
        path.endsWith("config.json")
          ? Promise.reject(new Error("killed"))
          : records.write(path, text, revision),
      remove: () => Promise.reject(new Error("killed")),
      list: (folder) => records.list(folder),
      versions: (model) => records.versions(model),
    };
    fixture.add(dying);
    fixture.add();
    await fixture.begin();
    await fixture.looks(1, 10_000);
    expect((await fixture.steering.status("m")).promotion?.lease.holder).toBe("replica-0");
    expect(await fixture.untilOver(10_000, [0])).toEqual([0, 1, 5, 25, 100, 0]);
    const outcomes = (await fixture.steering.events("m")).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === "not made")).toHaveLength(1);
  });
});

describe("somebody who changes what serves during an automatic promotion", () => {
  it("ends it by a rollback, and what was stable stays", async () => {
    await begun(2);
    await fixture.looks(6, 10_000);
    await fixture.steering.rollback("m", undefined, ASKED);
    await fixture.looks(20, 10_000);
    expect(await fixture.pointer.config()).toEqual({
      labels: { stable: "1" },
      maxBatchSize: 4,
      traffic: { stable: 100 },
    });
    expect((await fixture.steering.status("m")).promotion).toMatchObject({
      status: "ended",
      says: "ann asked for a rollback.",
    });
    expect(await reasons()).toContain(
      "The automatic promotion of version 2 is ended: ann asked for a rollback.",
    );
  });

  it("ends it by a rollback before it has changed anything, and nothing else", async () => {
    await begun(1);
    await fixture.steering.rollback("m", undefined, ASKED);
    await fixture.looks(20, 10_000);
    expect(await fixture.pointer.config()).toEqual({ labels: { stable: "1" }, maxBatchSize: 4 });
  });

  it.each(["traffic", "promote"])("ends it by %s", async (action) => {
    await begun(2);
    await fixture.looks(6, 10_000);
    await (action === "traffic"
      ? fixture.steering.setTraffic("m", { traffic: { canary: 50 } }, ASKED)
      : fixture.steering.promote("m", "2", ASKED));
    const text = await fixture.pointer.text();
    await fixture.looks(20, 10_000);
    expect(await fixture.pointer.text()).toBe(text);
    expect((await fixture.steering.status("m")).promotion?.status).toBe("ended");
  });

  it("ends it by hand, too", async () => {
    await begun(2);
    await fixture.looks(6, 10_000);
    const { text, revision } = (await fixture.pointer.records.read("m/config.json")) ?? { text: "" };
    await fixture.pointer.records.write("m/config.json", `${text}\n`, revision);
    await fixture.looks(5, 10_000);
    expect((await fixture.steering.status("m")).promotion).toMatchObject({
      status: "ended",
      says: "It was ended, since somebody else changed config.json.",
    });
  });
});

describe("a promotion that cannot begin", () => {
  it("says why", async () => {
    fixture = await PromotionFixture.create(1);
    const { steering } = fixture;
    const plan = planSchema.parse({});
    await expect(steering.begin("m", "9", plan, ASKED)).rejects.toThrow("Model 'm' has no version '9'");
    await expect(steering.begin("m", "1", plan, ASKED)).rejects.toThrow("is stable already");
    await fixture.begin();
    await expect(fixture.begin()).rejects.toMatchObject({ code: "conflict" });
  });
});
