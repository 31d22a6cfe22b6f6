import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { eventsOf } from "#service/models/pointer/change-pointer.js";
import { promote, rollback, setTraffic } from "#service/models/pointer/operations.js";
import { RecordConflict, type Records } from "#service/models/pointer/records.js";
import { ASKED, PointerFixture } from "./pointer-fixture.js";

const fixtures: PointerFixture[] = [];
afterEach(() => Promise.all(fixtures.splice(0).map((fixture) => fixture.dispose())));

async function fixtureOf(versions: readonly string[], config?: object | string): Promise<PointerFixture> {
  const fixture = await PointerFixture.create(versions, config);
  fixtures.push(fixture);
  return fixture;
}

/** Records of which one kind of write is not what it should be. */
function but(fixture: PointerFixture, path: RegExp, write: Records["write"]): Records {
  const { records } = fixture;
  return {
    place: records.place,
    read: (file) => records.read(file),
    write: (file, text, revision) =>
      (path.test(file) ? write : records.write.bind(records))(file, text, revision),
    remove: (file) => records.remove(file),
    list: (folder) => records.list(folder),
    versions: (model) => records.versions(model),
  };
}

function killed(): Promise<never> {
  return Promise.reject(new Error("killed"));
}

describe("what serves", () => {
  it("is changed with an event that tells who, from what, to what and why", async () => {
    const fixture = await fixtureOf(["1", "2"], { labels: { stable: "1" } });
    await promote(fixture.surroundings(), "m", "2", ASKED);
    expect(await fixture.config()).toEqual({ labels: { stable: "2" }, traffic: { stable: 100 } });
    const [event, ...more] = await eventsOf(fixture.records, "m");
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      time: "2026-01-02T03:04:05.000Z",
      ...ASKED,
      action: "promote",
      model: "m",
      from: { stable: "1", labels: { stable: "1" } },
      to: { stable: "2", labels: { stable: "2" }, traffic: { stable: 100 } },
      outcome: "made",
    });
    expect(fixture.audited).toMatchObject([{ audit: true, event: { id: event?.id, action: "promote" } }]);
  });

  it("stays without an event when it is as asked already", async () => {
    const fixture = await fixtureOf(["1"], { labels: { stable: "1" }, traffic: { stable: 100 } });
    const text = await fixture.text();
    expect((await promote(fixture.surroundings(), "m", "1", ASKED)).event).toBeUndefined();
    expect(await fixture.text()).toBe(text);
    expect(await eventsOf(fixture.records, "m")).toEqual([]);
  });

  it("is changed by each of many at once, and each has its event", async () => {
    const fixture = await fixtureOf(["1"], { labels: { stable: "1" } });
    const names = Array.from({ length: 12 }, (_, index) => `label-${index}`);
    const label = (name: string): Promise<unknown> =>
      setTraffic(fixture.surroundings(), "m", { labels: { [name]: "1" } }, ASKED);
    await Promise.all(names.map(label));
    const { labels } = (await fixture.config()) as { labels: object };
    expect(Object.keys(labels).sort()).toEqual([...names, "stable"].sort());
    const events = await eventsOf(fixture.records, "m");
    expect(events).toHaveLength(12);
    expect(events.every(({ outcome }) => outcome === "made")).toBe(true);
  });

  it("gives up with an error of its own when others are faster each time", async () => {
    const fixture = await fixtureOf(["1", "2"], { labels: { stable: "1" } });
    const conflict = (): Promise<never> => Promise.reject(new RecordConflict("changed"));
    const surroundings = fixture.surroundings(but(fixture, /config\.json$/, conflict));
    await expect(promote(surroundings, "m", "2", ASKED)).rejects.toMatchObject({ code: "conflict" });
    expect(await eventsOf(fixture.records, "m")).toEqual([]);
  });

  it.each(["no", "../m", ".events", ""])("of a model that is not there is an error (%j)", async (model) => {
    const fixture = await fixtureOf(["1"]);
    const change = promote(fixture.surroundings(), model, "1", ASKED);
    await expect(change).rejects.toMatchObject({ code: "model_not_found" });
  });

  it.each(["{ not JSON", '{"maxBatchSize": "many"}'])(
    "is left alone in a broken config.json: %s",
    async (text) => {
      const fixture = await fixtureOf(["1"], text);
      const change = promote(fixture.surroundings(), "m", "1", ASKED);
      await expect(change).rejects.toMatchObject({ code: "unprocessable" });
      expect(await fixture.text()).toBe(text);
    },
  );

  it("is refused where the whole would not be valid", async () => {
    const fixture = await fixtureOf(["1", "2"], { labels: { stable: "1" } });
    const change = setTraffic(fixture.surroundings(), "m", { traffic: { stable: 50, "2": 20 } }, ASKED);
    await expect(change).rejects.toThrow("must sum to 100 percent; it sums to 70");
  });
});

describe("an event whose writer was killed", () => {
  it("tells that the change was not made, though a later one makes the same", async () => {
    const fixture = await fixtureOf(["1", "2"], { labels: { stable: "1" } });
    const records = but(fixture, /config\.json$/, killed);
    const dying = { ...records, remove: killed };
    await expect(promote(fixture.surroundings(dying), "m", "2", ASKED)).rejects.toThrow("killed");
    expect((await eventsOf(fixture.records, "m")).map(({ outcome }) => outcome)).toEqual(["not made"]);
    await promote(fixture.surroundings(), "m", "2", ASKED);
    expect((await eventsOf(fixture.records, "m")).map(({ outcome }) => outcome)).toEqual([
      "not made",
      "made",
    ]);
  });

  it("tells that the change was made, also once others followed", async () => {
    const fixture = await fixtureOf(["1", "2"], { labels: { stable: "1" } });
    const afterFirst = (path: string, text: string, revision?: string): Promise<string> =>
      revision === undefined ? fixture.records.write(path, text, revision) : killed();
    await promote(fixture.surroundings(but(fixture, /\.events/, afterFirst)), "m", "2", ASKED);
    expect((await eventsOf(fixture.records, "m")).map(({ outcome }) => outcome)).toEqual(["made"]);
    await rollback(fixture.surroundings(), "m", undefined, ASKED);
    expect((await eventsOf(fixture.records, "m")).map(({ outcome }) => outcome)).toEqual(["made", "made"]);
  });

  it("tells that it is not known once somebody changed the file by hand", async () => {
    const fixture = await fixtureOf(["1", "2"], { labels: { stable: "1" } });
    const dying = { ...but(fixture, /config\.json$/, killed), remove: killed };
    await expect(promote(fixture.surroundings(dying), "m", "2", ASKED)).rejects.toThrow("killed");
    await writeFile(join(fixture.root, "m", "config.json"), "{}");
    expect((await eventsOf(fixture.records, "m")).map(({ outcome }) => outcome)).toEqual(["unknown"]);
  });
});

describe("a rollback", () => {
  const stableIn = async (fixture: PointerFixture): Promise<unknown> =>
    ((await fixture.config()) as { labels: { stable: string } }).labels.stable;

  it("goes one version back each time, never forward, and says when there is none", async () => {
    const fixture = await fixtureOf(["1", "2", "3"], { labels: { stable: "1" } });
    const surroundings = fixture.surroundings();
    await promote(surroundings, "m", "2", ASKED);
    await promote(surroundings, "m", "3", ASKED);
    await rollback(surroundings, "m", undefined, ASKED);
    expect(await stableIn(fixture)).toBe("2");
    await rollback(surroundings, "m", undefined, ASKED);
    expect(await stableIn(fixture)).toBe("1");
    await expect(rollback(surroundings, "m", undefined, ASKED)).rejects.toThrow("no earlier stable version");
    await promote(surroundings, "m", "3", ASKED);
    await rollback(surroundings, "m", undefined, ASKED);
    expect(await stableIn(fixture)).toBe("1");
  });

  it("ends a canary first, and leaves stable", async () => {
    const fixture = await fixtureOf(["1", "2", "3"], { labels: { stable: "1" } });
    const surroundings = fixture.surroundings();
    await promote(surroundings, "m", "2", ASKED);
    await setTraffic(surroundings, "m", { labels: { canary: "3" }, traffic: { canary: 5 } }, ASKED);
    await rollback(surroundings, "m", undefined, ASKED);
    expect(await fixture.config()).toEqual({ labels: { stable: "2" }, traffic: { stable: 100 } });
    await rollback(surroundings, "m", undefined, ASKED);
    expect(await stableIn(fixture)).toBe("1");
  });

  it("passes over versions that are gone, and goes to the one that is named", async () => {
    const fixture = await fixtureOf(["1", "3", "4"], { labels: { stable: "1" } });
    const surroundings = fixture.surroundings();
    await mkdir(join(fixture.root, "m", "2"));
    await writeFile(join(fixture.root, "m", "2", "model.onnx"), "model");
    await promote(surroundings, "m", "2", ASKED);
    await promote(surroundings, "m", "3", ASKED);
    const { rm } = await import("node:fs/promises");
    await rm(join(fixture.root, "m", "2"), { recursive: true });
    await rollback(surroundings, "m", undefined, ASKED);
    expect(await stableIn(fixture)).toBe("1");
    await rollback(surroundings, "m", "4", ASKED);
    expect(await stableIn(fixture)).toBe("4");
  });

  it("keeps the order of events though clocks differ", async () => {
    const fixture = await fixtureOf(["1", "2", "3"], { labels: { stable: "1" } });
    await promote(fixture.surroundings(), "m", "2", ASKED);
    fixture.time -= 60_000;
    await promote(fixture.surroundings(), "m", "3", ASKED);
    await rollback(fixture.surroundings(), "m", undefined, ASKED);
    expect(await stableIn(fixture)).toBe("2");
  });
});
