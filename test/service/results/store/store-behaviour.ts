import { beforeEach, afterEach, describe, expect, it } from "vitest";
import type { Filters, Position } from "#service/results/store/filters.js";
import type { Store } from "#service/results/store/store.js";
import { openStore, result } from "./store-fixture.js";

const none = { exchanges: [] };

async function ids(store: Store, filters: Filters = {}, limit = 100): Promise<string[]> {
  return (await store.find(filters, undefined, limit)).map(({ id }) => id);
}

async function scanned(store: Store, filters: Filters = {}): Promise<string[]> {
  const all = [];
  for await (const rows of store.scan(filters)) {
    all.push(...rows.map(({ id }) => id));
  }
  return all;
}

/** What holds for a store over any database; each test gets an empty one at the address that `fresh` gives. */
export function itIsAStore(fresh: () => Promise<string>): void {
  let address: string;
  let store: Store;
  const clock = { now: 5000 };
  beforeEach(async () => {
    clock.now = 5000;
    address = await fresh();
    store = await openStore(address, clock);
  });
  afterEach(() => store.close());

  it("gives back all that a result has", async () => {
    const whole = result("a", { value: -1.5, top: "[]", reason: "sure", subject: "s", exchange: "e" });
    const exchange = { id: "e", requested: 1, responded: 2, input: "[1]", output: "{}" };
    await store.add({ results: [whole], exchanges: [exchange] });
    expect(await store.find({}, undefined, 10, true)).toEqual([{ ...exchange, ...whole, seq: 1 }]);
  });

  it("keeps what has no text, no number and no exchange, and characters of every kind", async () => {
    const bare = { id: "ü'\"\\;--\u{1f600}", time: 0, model: "m", version: "", label: "", decision: "" };
    await store.add({ results: [bare], ...none });
    const empty = { probability: null, value: null, top: null, reason: null, subject: null, exchange: null };
    const exchange = { requested: null, responded: null, input: null, output: null };
    expect(await store.find({}, undefined, 10, true)).toEqual([{ ...bare, ...empty, ...exchange, seq: 1 }]);
  });

  it("keeps each id once, the first that came, and counts it for the batch that brought it", async () => {
    const added = await Promise.all([
      store.add({ results: [result("a", { label: "1" }), result("a", { label: "2" })], ...none }),
      store.add({ results: [result("a", { label: "3" }), result("b")], ...none }),
    ]);
    expect(added).toEqual([1, 1]);
    expect(await store.add({ results: [result("a"), result("b"), result("c")], ...none })).toBe(1);
    expect((await store.find({ id: "a" }, undefined, 10, true)).map(({ label }) => label)).toEqual(["1"]);
  });

  it("has it after it was closed and opened", async () => {
    await store.add({ results: [result("a")], ...none });
    await store.close();
    store = await openStore(address, clock);
    expect(await ids(store)).toEqual(["a"]);
  });

  it("joins the halves of an exchange, in whichever order they come and however often", async () => {
    await store.add({ results: [result("a", { exchange: "e" })], exchanges: [{ id: "e", responded: 9 }] });
    await store.add({
      results: [],
      exchanges: [
        { id: "e", requested: 4 },
        { id: "e", requested: 5, input: "1" },
      ],
    });
    const [found] = await store.find({ id: "a" }, undefined, 1, true);
    expect(found).toMatchObject({ requested: 4, responded: 9, input: "1", output: null });
  });

  describe("finding", () => {
    beforeEach(async () => {
      const results = [
        result("a1", { time: 1 }),
        result("a2", { time: 2, label: "1" }),
        result("a3", { time: 2, version: "2", decision: "reject" }),
        result("b1", { time: 3, model: "faces" }),
        result("b2", { time: 4, model: "faces", label: "1", decision: "review" }),
      ];
      await store.add({ results, ...none });
    });

    const cases: [Filters, string[]][] = [
      [{}, ["b2", "b1", "a3", "a2", "a1"]],
      [{ model: "digits" }, ["a3", "a2", "a1"]],
      [{ model: "digits", version: "1" }, ["a2", "a1"]],
      [{ label: "1" }, ["b2", "a2"]],
      [{ label: "1", decision: "review" }, ["b2"]],
      [{ decision: "reject" }, ["a3"]],
      [{ model: "nothing" }, []],
      [{ model: "digits", label: "nothing" }, []],
      [{ from: 2, to: 4 }, ["b1", "a3", "a2"]],
      [{ model: "digits", from: 2 }, ["a3", "a2"]],
      [{ model: "digits", to: 2 }, ["a1"]],
      [{ id: "a2" }, ["a2"]],
      [{ id: "a2", model: "faces" }, []],
      [{ id: "a2", from: 3 }, []],
    ];

    it("gives the newest first of those that filters mean", async () => {
      for (const [filters, expected] of cases) {
        expect(await ids(store, filters), JSON.stringify(filters)).toEqual(expected);
        expect(await scanned(store, filters), JSON.stringify(filters)).toEqual(expected);
      }
    });

    it.each<Filters>([{}, { model: "digits" }, { from: 2 }])(
      "page by page, by %j, gives each once while others come",
      async (filters) => {
        const expected = await ids(store, filters);
        const seen: string[] = [];
        let after: Position | undefined;
        for (let page = 0; page < expected.length; page += 1) {
          const rows = await store.find(filters, after, 1);
          seen.push(...rows.map(({ id }) => id));
          after = rows.at(-1);
          await store.add({ results: [result(`new-${page}`, { time: 100 + page })], ...none });
        }
        expect(seen).toEqual(expected);
        expect(await store.find(filters, after, 1)).toEqual([]);
      },
    );
  });

  it("scans more than a step, without a result twice or left out", async () => {
    const some = Array.from({ length: 9001 }, (_, index) => result(`r${index}`, { time: index % 100 }));
    await store.add({ results: some, ...none });
    const all = await scanned(store);
    expect(all.length).toBe(9001);
    expect(new Set(all).size).toBe(9001);
    expect(await scanned(store, { model: "nothing" })).toEqual([]);
  });

  describe("deleting", () => {
    const exchanges = [{ id: "e", input: "1", output: "2" }];

    it("by id takes the result, what its exchange carried, and keeps it away", async () => {
      const batch = {
        results: [result("a", { exchange: "e" }), result("b", { exchange: "e" }), result("c")],
        exchanges,
      };
      await store.add(batch);
      expect(await store.deleteByIds(["a", "nothing"])).toBe(1);
      const [b] = await store.find({ id: "b" }, undefined, 1, true);
      expect(b).toMatchObject({ id: "b", input: null, output: null });
      expect(await store.add(batch)).toBe(0);
      expect(await ids(store)).toEqual(["c", "b"]);
      expect(await store.find({ id: "b" }, undefined, 1, true)).toEqual([b]);
    });

    it("by an exchange's id takes all its results, those that are yet to come too", async () => {
      await store.add({ results: [result("a", { exchange: "e" })], exchanges });
      expect(await store.deleteByIds(["e"])).toBe(1);
      expect(await store.add({ results: [result("b", { exchange: "e" })], exchanges })).toBe(0);
      expect(await ids(store)).toEqual([]);
    });

    it("by subject takes all of it, from a scan that runs too, and nothing else", async () => {
      const many = Array.from({ length: 5000 }, (_, index) =>
        result(`s${index}`, { subject: "s", time: index }),
      );
      await store.add({ results: [...many, result("other", { subject: "t", time: 0 })], exchanges: [] });
      await store.add({ results: [], exchanges: [{ id: "e", input: "1", subject: "s" }] });
      const scan = store.scan({});
      const first = await scan.next();
      expect(await store.deleteBySubject("s")).toBe(5000);
      const rest = [];
      for await (const rows of scan) {
        rest.push(...rows.map(({ id }) => id));
      }
      expect(first.value).toHaveLength(4000);
      expect(rest).toEqual(["other"]);
      expect(
        await store.add({ results: [result("s1"), result("new", { subject: "s" })], exchanges: [] }),
      ).toBe(1);
      await store.add({ results: [result("x", { exchange: "e" })], exchanges: [{ id: "e", input: "1" }] });
      expect(await store.find({ id: "x" }, undefined, 1, true)).toEqual([]);
    });
  });

  it("lets go of what is old, by when it was received: payloads first", async () => {
    const exchange = (id: string) => ({ id, input: "1", output: "2" });
    for (const [now, id] of [
      [1000, "a"],
      [2000, "b"],
      [3000, "c"],
    ] as const) {
      clock.now = now;
      await store.add({
        results: [result(id, { exchange: `e${id}`, time: 1e12 - now })],
        exchanges: [exchange(`e${id}`)],
      });
    }
    expect(await store.letGo({ results: undefined, payloads: 1000 })).toEqual({ results: 0, payloads: 0 });
    expect(await store.letGo({ results: 2000, payloads: 3000 })).toEqual({ results: 1, payloads: 2 });
    expect((await store.find({}, undefined, 10, true)).map(({ id, input }) => [id, input])).toEqual([
      ["b", null],
      ["c", "1"],
    ]);
    expect(await store.letGo({ results: 4000, payloads: 4000 })).toEqual({ results: 2, payloads: 1 });
    expect(await ids(store)).toEqual([]);
  });
}
